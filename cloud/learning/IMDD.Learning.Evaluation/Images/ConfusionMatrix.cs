namespace IMDD.Learning.Evaluation.Images;

/// <summary>Counts of true class against predicted class.</summary>
public sealed class ConfusionMatrix(int classes)
{
    private readonly long[,] _counts = new long[classes, classes];

    /// <summary>Number of classes.</summary>
    public int Classes { get; } = classes;

    /// <summary>How often <paramref name="truth"/> was called <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _counts[truth, predicted];

    /// <summary>All counted.</summary>
    public long Total => _counts.Cast<long>().Sum();

    /// <summary>Adds one decision, <paramref name="times"/> times.</summary>
    public void Add(int truth, int predicted, long times = 1) => _counts[truth, predicted] += times;

    /// <summary>Share of decisions that are right.</summary>
    public MetricValue Accuracy()
        => MetricValue.Ratio(Enumerable.Range(0, Classes).Sum(c => _counts[c, c]), Total, "nothing was counted");

    /// <summary>
    /// Mean over classes of TP / (TP + FP + FN), counts pooled over the data set. Classes that neither occur nor are predicted are left
    /// out; <paramref name="ignore"/> leaves one more out (the background).
    /// </summary>
    public MetricValue MeanIou(int? ignore = null)
    {
        List<double> values = [];
        for (var c = 0; c < Classes; c++)
        {
            var union = Row(c) + Column(c) - _counts[c, c];
            if (c != ignore && union > 0)
            {
                values.Add((double)_counts[c, c] / union);
            }
        }

        return values.Count == 0 ? MetricValue.NaN("no class occurs") : MetricValue.Of(values.Average());
    }

    /// <summary>Cohen's κ = (pₒ − pₑ) / (1 − pₑ).</summary>
    public MetricValue Kappa() => WeightedKappa((i, j) => i == j ? 0 : 1);

    /// <summary>Cohen's κ with quadratic weights, for classes in an order (severity).</summary>
    public MetricValue QuadraticKappa() => WeightedKappa((i, j) => (double)(i - j) * (i - j));

    private MetricValue WeightedKappa(Func<int, int, double> disagreement)
    {
        double total = Total, observed = 0, expected = 0;
        if (total == 0)
        {
            return MetricValue.NaN("nothing was counted");
        }

        for (var i = 0; i < Classes; i++)
        {
            for (var j = 0; j < Classes; j++)
            {
                observed += disagreement(i, j) * _counts[i, j] / total;
                expected += disagreement(i, j) * Row(i) / total * Column(j) / total;
            }
        }

        return expected == 0 ? MetricValue.NaN("both raters always say the same one class") : MetricValue.Of(1 - observed / expected);
    }

    private double Row(int truth) => Enumerable.Range(0, Classes).Sum(c => _counts[truth, c]);

    private double Column(int predicted) => Enumerable.Range(0, Classes).Sum(c => _counts[c, predicted]);
}
