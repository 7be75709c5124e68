namespace IMDD.Cli.Bench;

/// <summary>Figures of the edge agent on this machine, and whether each target is met.</summary>
internal sealed record EdgeBenchResult
{
    public required string Model { get; init; }
    public required int Cores { get; init; }

    /// <summary>Processes that wanted a core in the minute before; above the number of cores, times and rates are those of a busy machine.</summary>
    public required double LoadAverageBefore { get; init; }

    public required int Frames { get; init; }

    /// <summary>CPU seconds per frame of the bare loop over those of the agent, the median round; at least 0.85.</summary>
    public required double AgentOverBare { get; init; }

    /// <summary>The same, round by round.</summary>
    public required IReadOnlyList<double> AgentOverBareRounds { get; init; }

    public required double BareCpuMsPerFrame { get; init; }
    public required double BareMsPerFrame { get; init; }
    public required double AgentCpuMsPerFrame { get; init; }
    public required double FramesPerSecond { get; init; }

    /// <summary>Share of frames that failed; each costs a second event and a stored picture.</summary>
    public required double FailShare { get; init; }

    /// <summary>Rate of the latency run.</summary>
    public required double PacedFramesPerSecond { get; init; }

    /// <summary>Sent to outcome read back from Kafka.</summary>
    public required LatencyFigures LatencyMs { get; init; }

    /// <summary>Sent to outcome back at the camera.</summary>
    public required LatencyFigures ReceiptLatencyMs { get; init; }

    /// <summary>2.5 times the bare time per frame + 15 ms + twice the sync.</summary>
    public required double LatencyP99LimitMs { get; init; }

    public required double FsyncP50Ms { get; init; }
    public required double FsyncP99Ms { get; init; }
    public required double RssMb { get; init; }

    /// <summary>Megabytes per 1,000 frames over the frames of <see cref="RssSlopeFrames"/>.</summary>
    public required double RssSlopeMbPer1000 { get; init; }

    public required string RssSlopeFrames { get; init; }
    public required double StoreOutcomesPerSecond { get; init; }

    /// <summary>Targets that this run did not meet.</summary>
    public required IReadOnlyList<string> Missed { get; init; }
}
