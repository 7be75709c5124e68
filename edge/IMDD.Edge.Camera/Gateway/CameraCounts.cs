namespace IMDD.Edge.Camera.Gateway;

/// <summary>What the gateway has counted for one camera.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="Sent">Frames accepted for delivery under this boot, earlier runs included.</param>
/// <param name="SentByThisRun">Of these, by this process.</param>
/// <param name="Returned">Frames of this boot whose outcome came back.</param>
/// <param name="Pending">Frames that wait, those of earlier boots included.</param>
/// <param name="Resent">Publications after the first, by this process.</param>
/// <param name="Blocked">Time the source waited because the spool was full.</param>
public sealed record CameraCounts(string Camera, long Sent, long SentByThisRun, long Returned, long Pending, long Resent, TimeSpan Blocked);
