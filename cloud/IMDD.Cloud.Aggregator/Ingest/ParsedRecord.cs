using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Messaging.Kafka;

namespace IMDD.Cloud.Aggregator.Ingest;

/// <summary>What a record of one of the input topics says.</summary>
internal abstract record ParsedRecord(KafkaConsumed Record)
{
    /// <summary>An inspection outcome.</summary>
    /// <param name="Record">The record.</param>
    /// <param name="Id"><c>ce_id</c>.</param>
    /// <param name="Camera">The camera.</param>
    /// <param name="Boot">Boot of the camera gateway; empty where the frame id is of another form.</param>
    /// <param name="Time">Window time.</param>
    /// <param name="Data">The outcome.</param>
    public sealed record Outcome(KafkaConsumed Record, string Id, CameraPath Camera, string Boot, DateTimeOffset Time, InspectionOutcome Data)
        : ParsedRecord(Record);

    /// <summary>A failed frame.</summary>
    public sealed record Defect(KafkaConsumed Record, CameraPath Camera, DateTimeOffset Time, DefectDetected Data) : ParsedRecord(Record);

    /// <summary>The blob of a failed frame.</summary>
    public sealed record Stored(KafkaConsumed Record, CameraPath Camera, DateTimeOffset Time, FrameStored Data) : ParsedRecord(Record);

    /// <summary>State of an agent.</summary>
    public sealed record AgentStatus(KafkaConsumed Record, AssetPath Asset, DateTimeOffset Recorded, AgentState Data) : ParsedRecord(Record);

    /// <summary>State of a camera.</summary>
    public sealed record CameraStatus(KafkaConsumed Record, CameraPath Path, DateTimeOffset Recorded, CameraState Data) : ParsedRecord(Record);

    /// <summary>Count of a camera gateway.</summary>
    public sealed record Balance(KafkaConsumed Record, CameraPath Path, DateTimeOffset Recorded, CameraBalance Data) : ParsedRecord(Record);

    /// <summary>A window of a camera's statistics.</summary>
    public sealed record Statistics(KafkaConsumed Record, string Id, CameraPath Camera, CameraStatistics Data) : ParsedRecord(Record);

    /// <summary>An event that this version has no use for, or the deletion of a state.</summary>
    public sealed record Ignored(KafkaConsumed Record) : ParsedRecord(Record);

    /// <summary>A record that cannot be counted.</summary>
    /// <param name="Record">The record.</param>
    /// <param name="Reason">One of <see cref="PoisonReason"/>.</param>
    /// <param name="Detail">What was expected, for a person.</param>
    public sealed record Poison(KafkaConsumed Record, string Reason, string Detail) : ParsedRecord(Record);
}
