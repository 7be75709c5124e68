namespace IMDD.Learning.Evaluation.Reports;

/// <summary>How a model is measured.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Pixel threshold; null: the model's own, or, where it has none, the one chosen on the validation side.</summary>
    public double? PixelThreshold { get; init; }

    /// <summary>Choose thresholds on the validation side; it is read for that, and only when the test or training side is measured.</summary>
    public bool ChooseThresholds { get; init; } = true;

    /// <summary>Bootstrap resamples over groups for the intervals; 0: none.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Seed of the bootstrap, recorded in the report.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Worst pictures kept for the report.</summary>
    public int WorstCases { get; init; } = 24;

    /// <summary>
    /// Pixels that are ranked exactly, 12 bytes each while sorting. Above it the pixel metrics come from a histogram, and the report gives the
    /// error bound.
    /// </summary>
    public long MaxExactPixels { get; init; } = 500_000_000;
}
