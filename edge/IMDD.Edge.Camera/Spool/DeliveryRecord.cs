namespace IMDD.Edge.Camera.Spool;

/// <summary>A line of the delivery log: a frame the gateway was told to deliver.</summary>
/// <param name="Camera">Camera's name.</param>
/// <param name="AssetPath">Where it stands.</param>
/// <param name="FrameId"><c>{bootId}-{sequence}</c>.</param>
/// <param name="BootId">The gateway's boot.</param>
/// <param name="Sequence">Number within camera and boot, from 1.</param>
/// <param name="Sha256">Digest of the picture.</param>
/// <param name="Time">Capture, UTC.</param>
internal sealed record DeliveryRecord(
    string Camera, string AssetPath, string FrameId, string BootId, long Sequence, string Sha256, DateTimeOffset Time);
