namespace IMDD.Cli.Quality;

/// <summary>A figure over the seeds that are there.</summary>
/// <param name="Row">Id of its row.</param>
/// <param name="Label">For people.</param>
/// <param name="Seeds">That have a value.</param>
/// <param name="Mean">Over the seeds; null without a value.</param>
/// <param name="Deviation">Standard deviation over the seeds, of a sample; null for fewer than two.</param>
/// <param name="AtLeast">The goal.</param>
/// <param name="Aim">The aim.</param>
internal sealed record FigureSummary(string Row, string Label, IReadOnlyList<int> Seeds, double? Mean, double? Deviation, double? AtLeast, double? Aim)
{
    // A mean of results that are kept with six decimals.
    private const double Rounding = 1e-6;

    /// <summary>What the mean reaches: <c>aim</c>, <c>met</c> or <c>missed</c>; null without a value or a goal.</summary>
    public string? Verdict => Mean is not { } mean || AtLeast is not { } least ? null
        : Aim is { } aim && mean >= aim - Rounding ? "aim"
        : mean >= least - Rounding ? "met" : "missed";

    /// <summary>Sums up.</summary>
    public static FigureSummary Of(QualityRow row, QualityFigure figure, IReadOnlyList<QualityResult> results)
    {
        var values = results.Select(r => (r.Seed, Value: r.Value(figure))).Where(v => v.Value is not null).Select(v => (v.Seed, Value: v.Value!.Value)).ToList();
        double? mean = values.Count > 0 ? values.Average(v => v.Value) : null;
        double? deviation = values.Count > 1 ? Math.Sqrt(values.Sum(v => (v.Value - mean!.Value) * (v.Value - mean.Value)) / (values.Count - 1)) : null;
        return new FigureSummary(row.Id, figure.Label, [.. values.Select(v => v.Seed)], mean, deviation, figure.AtLeast, figure.Aim);
    }
}
