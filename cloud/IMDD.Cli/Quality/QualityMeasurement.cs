namespace IMDD.Cli.Quality;

/// <summary>One measurement; several parts are pooled.</summary>
/// <param name="Name">Unique in its row.</param>
/// <param name="Parts">At least one.</param>
internal sealed record QualityMeasurement(string Name, IReadOnlyList<QualityPart> Parts)
{
    /// <summary>What is measured.</summary>
    public QualityMeasure Measure { get; init; } = QualityMeasure.Eval;

    /// <summary>Side of the split; <c>all</c> for data of another origin than the training's.</summary>
    public string Side { get; init; } = "test";
}
