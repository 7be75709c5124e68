namespace IMDD.Learning.Trainer.Bench;

/// <summary>Passes of a model's networks.</summary>
internal sealed record FoundationPartsResult
{
    public required string Configuration { get; init; }

    public required int LatentSide { get; init; }

    public required int Threads { get; init; }

    public required IReadOnlyList<FoundationPartResult> Parts { get; init; }
}
