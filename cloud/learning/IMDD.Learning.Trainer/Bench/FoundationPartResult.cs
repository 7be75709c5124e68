namespace IMDD.Learning.Trainer.Bench;

/// <summary>The first pass of a network in 32 bits, in a process of its own.</summary>
internal sealed record FoundationPartResult
{
    public required string Name { get; init; }

    public required long Parameters { get; init; }

    public required IReadOnlyList<long> OutputShape { get; init; }

    /// <summary>Whether every number that came out is one.</summary>
    public required bool IsFinite { get; init; }

    public required double ForwardMs { get; init; }

    /// <summary>Highest memory of the pass, beyond what the process held before it.</summary>
    public required long ForwardPeakBytes { get; init; }

    /// <summary>Highest memory of the pass, all of the process.</summary>
    public required long ProcessPeakBytes { get; init; }
}
