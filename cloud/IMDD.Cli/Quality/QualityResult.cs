using System.Text.Json.Serialization;

namespace IMDD.Cli.Quality;

/// <summary>What one row gave with one seed. Holds no path.</summary>
/// <param name="Row">Its id.</param>
/// <param name="Seed">Of all its trainings.</param>
/// <param name="Commit">Of the checkout that it was made with; <c>+changes</c> where that had others than results.</param>
/// <param name="CpuMinutes">Of all its trainings together.</param>
/// <param name="Trainings">What was trained.</param>
/// <param name="Metrics">By measurement and metric; those that are defined.</param>
/// <param name="Undefined">Reasons for those that the table shows and that are not, by measurement and metric.</param>
internal sealed record QualityResult(
    string Row,
    int Seed,
    string Commit,
    double CpuMinutes,
    IReadOnlyList<TrainedRun> Trainings,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Metrics,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Undefined)
{
    /// <summary>How it was made; null in results of earlier versions, which are taken as they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QualityConditions? Conditions { get; init; }

    /// <summary>What was looked at, by measurement; null in results of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, MeasuredPictures>? Pictures { get; init; }

    /// <summary>
    /// The checkout's commit, and those that its trainers were built from where they are others: the checkout may move on, and what was interrupted go on, while
    /// a row is made.
    /// </summary>
    public IEnumerable<string> Commits()
        => Trainings.Select(t => t.CodeCommit).OfType<string>().Select(c => c[..Math.Min(c.Length, Checkout.CommitDigits)])
            .Where(c => !Commit.StartsWith(c, StringComparison.Ordinal)).Prepend(Commit);

    /// <summary>The value of a figure; null where it is undefined.</summary>
    public double? Value(QualityFigure figure)
        => Value(figure.Measurement, figure.Metric) is not { } value ? null
            : figure.Minus is not { } minus ? value
            : Value(minus, figure.Metric) is { } other ? value - other : null;

    private double? Value(string measurement, string metric)
        => Metrics.TryGetValue(measurement, out var values) && values.TryGetValue(metric, out var value) ? value : null;
}
