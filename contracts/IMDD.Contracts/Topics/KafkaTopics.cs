namespace IMDD.Contracts.Topics;

/// <summary>Kafka topics: <c>{domain}.{area}.{event}.v{major}</c>, lower case, dots between, dashes inside.</summary>
public static class KafkaTopics
{
    /// <summary>Every inspection, small. Key: camera path.</summary>
    public const string Outcome = "imdd.inspection.outcome.v1";

    /// <summary>Only fails, with regions and image reference. Key: camera path.</summary>
    public const string DefectDetected = "imdd.inspection.defect-detected.v1";

    /// <summary>The blob of a frame whose defect event went out before the blob was there. Key: camera path.</summary>
    public const string FrameStored = "imdd.frame.stored.v1";

    /// <summary>Last state of each agent and camera; compacted. Key: <c>{assetPath}/{agent or camera}/{name}</c>.</summary>
    public const string EdgeState = "imdd.edge.state.v1";

    /// <summary>Counts per line and minute, rewritten when late data comes; compacted. Key: <c>{line}/{window start}</c>.</summary>
    public const string LineMinute = "imdd.metrics.line-minute.v1";

    /// <summary>Counts per line and hour; compacted. Key: <c>{line}/{window start}</c>.</summary>
    public const string LineHour = "imdd.metrics.line-hour.v1";

    /// <summary>What a camera's frames look like over windows of minutes, for watching drift. Key: camera path.</summary>
    public const string CameraStatistics = "imdd.metrics.camera-statistics.v1";

    /// <summary>Alarms raised and cleared; compacted. Key: <c>{line}/{alarm}</c>.</summary>
    public const string Alarm = "imdd.alarm.raised.v1";

    /// <summary>Frames that a person should look at. Key: camera path.</summary>
    public const string HardExample = "imdd.example.hard.v1";

    /// <summary>Every word of every person on a picture. Key: <c>{frame digest}/{rater}/{revision}</c>.</summary>
    public const string Labelled = "imdd.example.labelled.v1";

    /// <summary>What is agreed of each picture; compacted. Key: frame digest.</summary>
    public const string Consensus = "imdd.example.consensus.v1";

    /// <summary>Releases registered and aliases moved; compacted. Key: model name.</summary>
    public const string ModelReleased = "imdd.model.released.v1";

    /// <summary>What is desired of each agent and how far it is; compacted. Key: <c>{rollout id}/{assetPath}/{agent}</c>.</summary>
    public const string ModelRollout = "imdd.model.rollout.v1";

    /// <summary>The topic of a window of this length: <see cref="LineMinute"/> or <see cref="LineHour"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither 60 nor 3600.</exception>
    public static string ForWindow(int windowSeconds) => windowSeconds switch
    {
        60 => LineMinute,
        3600 => LineHour,
        _ => throw new ArgumentOutOfRangeException(nameof(windowSeconds), windowSeconds, "Expected 60 or 3600 seconds."),
    };

    /// <summary>The dead-letter topic of <paramref name="topic"/>.</summary>
    public static string DeadLetter(string topic) => topic + ".dlq";

    /// <summary>All topics of this version with their number of partitions at start, for whoever creates them.</summary>
    public static IReadOnlyList<KafkaTopicSpecification> All { get; } =
    [
        new(Outcome, Partitions: 12, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DefectDetected, Partitions: 12, Compacted: false, Retention: TimeSpan.FromDays(90)),
        new(FrameStored, Partitions: 12, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(EdgeState, Partitions: 3, Compacted: true, Retention: null),
        new(LineMinute, Partitions: 6, Compacted: true, Retention: TimeSpan.FromDays(365)),
        new(LineHour, Partitions: 6, Compacted: true, Retention: TimeSpan.FromDays(3650)),
        new(CameraStatistics, Partitions: 6, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(Alarm, Partitions: 3, Compacted: true, Retention: TimeSpan.FromDays(365)),
        new(HardExample, Partitions: 6, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(Labelled, Partitions: 6, Compacted: false, Retention: TimeSpan.FromDays(3650)),
        new(Consensus, Partitions: 6, Compacted: true, Retention: null),
        new(ModelReleased, Partitions: 1, Compacted: true, Retention: null),
        new(ModelRollout, Partitions: 3, Compacted: true, Retention: TimeSpan.FromDays(365)),
        new(DeadLetter(Outcome), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DeadLetter(DefectDetected), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DeadLetter(FrameStored), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DeadLetter(EdgeState), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DeadLetter(HardExample), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
        new(DeadLetter(CameraStatistics), Partitions: 3, Compacted: false, Retention: TimeSpan.FromDays(30)),
    ];
}
