using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Evaluation.Reports;

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

    /// <summary>Threshold of a pixel's score; null where neither the model nor the caller nor the validation side gave one.</summary>
    public required double? PixelThreshold { get; init; }

    /// <summary>The model's own threshold of a picture's score; null where any region rejects.</summary>
    public required double? ImageThreshold { get; init; }
    public required int Seed { get; init; }

    /// <summary>Metrics by key, in the order in which they are shown.</summary>
    public required IReadOnlyList<KeyValuePair<string, MetricValue>> Metrics { get; init; }

    /// <summary>
    /// 95 % intervals for the metrics that have one: bootstrap over groups; of the false-alarm rate the exact one (Clopper–Pearson).
    /// </summary>
    public required IReadOnlyDictionary<string, MetricInterval> Intervals { get; init; }

    /// <summary>Files that could not be measured.</summary>
    public required IReadOnlyList<FileProblem> Problems { get; init; }

    /// <summary>The worst pictures, worst first.</summary>
    public required IReadOnlyList<SampleResult> Worst { get; init; }

    /// <summary>Class names of the data set that the vocabulary does not know.</summary>
    public required IReadOnlyList<string> UnknownLabels { get; init; }
}
