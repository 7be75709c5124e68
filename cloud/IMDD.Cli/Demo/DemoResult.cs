namespace IMDD.Cli.Demo;

/// <summary>What <c>imdd demo --json</c> prints.</summary>
public sealed record DemoResult
{
    /// <summary>Distinct frames in the cameras' logs.</summary>
    public required long Sent { get; init; }

    /// <summary>Distinct outcomes read back from Kafka, by verdict.</summary>
    public required long Passed { get; init; }

    public required long Failed { get; init; }

    /// <summary>Distinct undecided outcomes by reason.</summary>
    public required IReadOnlyDictionary<string, long> Undecided { get; init; }

    /// <summary>Outcome records that the agent handed to its Kafka client, by the agent's own counter.</summary>
    public required long Published { get; init; }

    /// <summary>Outcome records that Kafka confirmed to the agent, by the agent's own counter.</summary>
    public required long Confirmed { get; init; }

    /// <summary>Outcomes that the aggregator says it counted.</summary>
    public required long Aggregated { get; init; }

    /// <summary>Frames sent without an outcome on Kafka, and outcomes on Kafka of frames never sent: ids compared, not counts.</summary>
    public required long ConservationError { get; init; }

    /// <summary>Exposure to confirmation by Kafka, exact; null where nothing was measured.</summary>
    public required DemoLatency? LatencyMs { get; init; }

    /// <summary>Outcomes per second between the first and the last on Kafka.</summary>
    public required double FramesPerSecond { get; init; }

    public required int Seed { get; init; }

    /// <summary>True when the law holds and every frame was counted.</summary>
    internal bool Holds => ConservationError == 0 && Aggregated == Sent && Sent > 0;
}
