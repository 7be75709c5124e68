namespace IMDD.Learning.Trainer.Bench;

/// <summary>What many training steps left behind.</summary>
internal sealed record FoundationStepsResult
{
    public required string Configuration { get; init; }

    /// <summary>Steps of each of the two stages.</summary>
    public required int Steps { get; init; }

    /// <summary>Live tensors after the first steps.</summary>
    public required long LiveTensorsBefore { get; init; }

    /// <summary>Live tensors at the end.</summary>
    public required long LiveTensorsAfter { get; init; }

    /// <summary>Resident memory at the end beyond that after the first steps.</summary>
    public required long ResidentGrowthBytes { get; init; }

    /// <summary>A step of each stage, milliseconds.</summary>
    public required double StepPairMs { get; init; }

    /// <summary>Goals: nothing is left.</summary>
    public IReadOnlyList<BenchCheck> Checks => [new("live_tensors_left", 0, LiveTensorsAfter - LiveTensorsBefore)];

    /// <summary>Whether they are met.</summary>
    public bool Passed => Checks.All(check => check.Met is true);
}
