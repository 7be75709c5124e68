namespace IMDD.Cli.Quality;

/// <summary>One number of the table. Larger is better.</summary>
/// <param name="Label">For people.</param>
/// <param name="Measurement">Name of the measurement.</param>
/// <param name="Metric">Its metric, by the key of <c>imdd eval --json</c> or <c>imdd train naming --json</c>.</param>
internal sealed record QualityFigure(string Label, string Measurement, string Metric)
{
    /// <summary>Name of a measurement whose value of the metric is taken off.</summary>
    public string? Minus { get; init; }

    /// <summary>The least that is asked for; null: the figure is shown without a goal.</summary>
    public double? AtLeast { get; init; }

    /// <summary>What is aimed at.</summary>
    public double? Aim { get; init; }
}
