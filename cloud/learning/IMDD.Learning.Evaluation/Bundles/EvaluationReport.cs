using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>What was measured.</summary>
public sealed record EvaluationReport
{
    public required string ModelName { get; init; }
    public required string ModelDigest { get; init; }
    public required string Dataset { get; init; }

    /// <summary>Digest of the split of this data, see <see cref="Datasets.Splits.DatasetSplit.Id"/>.</summary>
    public required string SplitId { get; init; }

    /// <summary><c>train</c>, <c>val</c>, <c>test</c> or <c>all</c>.</summary>
    public required string Side { get; init; }

    public required int Images { get; init; }
    public required int Anomalous { get; init; }
    public required double PixelThreshold { get; init; }
    public required int Seed { get; init; }

    /// <summary>Metrics by key, in the order in which they are shown.</summary>
    public required IReadOnlyList<KeyValuePair<string, MetricValue>> Metrics { get; init; }

    /// <summary>95 % bootstrap intervals over groups, for the metrics that have one.</summary>
    public required IReadOnlyDictionary<string, BootstrapInterval> Intervals { get; init; }

    /// <summary>Files that could not be measured.</summary>
    public required IReadOnlyList<FileProblem> Problems { get; init; }

    /// <summary>The worst pictures, worst first.</summary>
    public required IReadOnlyList<SampleResult> Worst { get; init; }

    /// <summary>Class names of the data set that the vocabulary does not know.</summary>
    public required IReadOnlyList<string> UnknownLabels { get; init; }
}
