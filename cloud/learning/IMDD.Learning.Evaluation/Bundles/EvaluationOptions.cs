namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>How a bundle is measured.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Pixel threshold; null: the bundle's own.</summary>
    public double? PixelThreshold { get; init; }

    /// <summary>Bootstrap resamples over groups for the intervals; 0: none.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Seed of the bootstrap, recorded in the report.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Smaller regions are no detections, pixels.</summary>
    public long MinAreaPx { get; init; } = 4;

    /// <summary>Worst pictures kept for the report.</summary>
    public int WorstCases { get; init; } = 24;
}
