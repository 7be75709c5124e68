namespace IMDD.Contracts.Queries;

/// <summary>
/// Names of the server-sent events on <see cref="QueryRoutes.Live"/>. The data of each is the JSON of what changed, whole: a client replaces
/// what it has under the same identity. A client that falls behind is disconnected; it asks again and subscribes again.
/// </summary>
public static class LiveEvents
{
    /// <summary>Data: <see cref="Events.LineWindow"/>; identity: line, window start, window seconds.</summary>
    public const string Window = "window";

    /// <summary>Data: <see cref="Events.LineAlarm"/>; identity: line, alarm.</summary>
    public const string Alarm = "alarm";

    /// <summary>Data: <see cref="Queries.FailedFrame"/>; identity: outcome id.</summary>
    public const string FailedFrame = "failed-frame";

    /// <summary>Data: <see cref="AgentView"/>; identity: asset path, agent.</summary>
    public const string Agent = "agent";

    /// <summary>Data: <see cref="CameraView"/>; identity: camera.</summary>
    public const string Camera = "camera";

    /// <summary>Data: <see cref="CameraConservation"/>; identity: camera, boot id.</summary>
    public const string Balance = "balance";

    /// <summary>Data: <c>{}</c>; sent when nothing else was, so that a dead connection is noticed.</summary>
    public const string Heartbeat = "heartbeat";
}
