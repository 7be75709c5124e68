namespace IMDD.Contracts.Queries;

/// <summary>
/// The conservation law for one boot of a camera gateway, from its two ends: what the gateway says it sent, and the distinct outcomes
/// counted from Kafka.
/// </summary>
public sealed record CameraConservation
{
    /// <summary><c>enterprise/site/area/line/cell/camera</c>.</summary>
    public required string Camera { get; init; }

    /// <summary>Boot of the gateway; the part of the frame ids before the sequence number.</summary>
    public required string BootId { get; init; }

    /// <summary>Distinct frames the gateway was told to deliver; null when it has not reported.</summary>
    public long? Sent { get; init; }

    /// <summary>Distinct frames whose outcome came back to the gateway.</summary>
    public long? Returned { get; init; }

    /// <summary>Frames in the gateway's spool.</summary>
    public long? Spooled { get; init; }

    /// <summary>Frames published again after a timeout.</summary>
    public long? Resent { get; init; }

    /// <summary>Distinct outcomes counted from Kafka.</summary>
    public required long Outcomes { get; init; }

    /// <summary>Sent less outcomes; null when the gateway has not reported. On a running line the frames on their way.</summary>
    public long? Difference { get; init; }

    /// <summary>True when frames that the gateway holds a receipt for are missing on Kafka for longer than the grace time, or there are more outcomes than frames.</summary>
    public required bool Imbalanced { get; init; }

    /// <summary>When the gateway counted.</summary>
    public DateTimeOffset? ReportedAt { get; init; }

    /// <summary>Window time of the latest outcome.</summary>
    public DateTimeOffset? LastOutcomeTime { get; init; }
}
