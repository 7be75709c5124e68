namespace IMDD.Learning.Evaluation.Gates;

/// <summary>How a challenger is judged.</summary>
public sealed record GateOptions
{
    /// <summary>How much worse it may be.</summary>
    public GateLimits Limits { get; init; } = new();

    /// <summary>Pixel threshold of the station, 0 to 1; null: each model's own.</summary>
    public double? PixelThreshold { get; init; }

    /// <summary>Resamples of the bootstrap.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Seed of the bootstrap.</summary>
    public int Seed { get; init; } = 1;
}
