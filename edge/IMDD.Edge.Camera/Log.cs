namespace IMDD.Edge.Camera;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Camera gateway {BootId}: {Cameras} cameras at {Asset}, source {Source}; {Spooled} frames wait from earlier runs")]
    public static partial void Started(ILogger logger, string bootId, int cameras, string asset, string source, int spooled);

    [LoggerMessage(2, LogLevel.Warning, "Camera {Camera}: the spool is full, the source is blocked until outcomes return")]
    public static partial void SpoolFull(ILogger logger, string camera);

    [LoggerMessage(3, LogLevel.Information, "Camera {Camera}: the spool has room again after {Blocked}")]
    public static partial void SpoolHasRoom(ILogger logger, string camera, TimeSpan blocked);

    [LoggerMessage(4, LogLevel.Warning, "Camera {Camera}: no outcome for frame {FrameId} after attempt {Attempt}, sent again (historical: {Historical})")]
    public static partial void Resent(ILogger logger, string camera, string frameId, int attempt, bool historical);

    [LoggerMessage(5, LogLevel.Error, "Camera {Camera}: frame {FrameId} is refused by the broker and stays in the spool: {Reason}")]
    public static partial void Refused(ILogger logger, string camera, string frameId, string reason);

    [LoggerMessage(6, LogLevel.Error, "Camera {Camera}: the spooled file {File} is damaged and set aside; its frame will have no outcome")]
    public static partial void Damaged(ILogger logger, string camera, string file);

    [LoggerMessage(7, LogLevel.Warning, "Camera {Camera}: a message on its outcome topic is no receipt: {Reason}")]
    public static partial void BadReceipt(ILogger logger, string camera, string reason);

    [LoggerMessage(8, LogLevel.Information, "Camera gateway {BootId}: {Sent} frames sent by this run, every outcome is back")]
    public static partial void Finished(ILogger logger, string bootId, long sent);

    [LoggerMessage(10, LogLevel.Error, "Camera {Camera}: the disk takes no frame, the source is blocked: {Reason}")]
    public static partial void DiskRefuses(ILogger logger, string camera, string reason);

    [LoggerMessage(11, LogLevel.Error, "Camera {Camera}: frame {FrameId} cannot be read from the spool: {Reason}")]
    public static partial void Unreadable(ILogger logger, string camera, string frameId, string reason);

    [LoggerMessage(12, LogLevel.Error, "Camera {Camera}: its balance is refused by the broker: {Reason}")]
    public static partial void BalanceRefused(ILogger logger, string camera, string reason);
}
