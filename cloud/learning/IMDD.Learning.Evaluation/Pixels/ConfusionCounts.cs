using IMDD.Learning.Evaluation.Images;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>Counts of one binary decision against the truth, and what follows from them.</summary>
public readonly record struct ConfusionCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    /// <summary>All counted.</summary>
    public long Total => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>(TP + TN) / N.</summary>
    public MetricValue Accuracy => MetricValue.Ratio(TruePositives + TrueNegatives, Total, "nothing was counted");

    /// <summary>TP / (TP + FP).</summary>
    public MetricValue Precision => MetricValue.Ratio(TruePositives, TruePositives + FalsePositives, "nothing was called positive");

    /// <summary>TP / (TP + FN).</summary>
    public MetricValue Recall => MetricValue.Ratio(TruePositives, TruePositives + FalseNegatives, "nothing is positive");

    /// <summary>TP / (TP + FP + FN).</summary>
    public MetricValue Iou
        => MetricValue.Ratio(TruePositives, TruePositives + FalsePositives + FalseNegatives, "nothing is positive and nothing was called positive");

    /// <summary>2 TP / (2 TP + FP + FN): the F1 score under its other name.</summary>
    public MetricValue Dice
        => MetricValue.Ratio(2.0 * TruePositives, 2.0 * TruePositives + FalsePositives + FalseNegatives, "nothing is positive and nothing was called positive");

    /// <summary>IoU of what is not positive: TN / (TN + FP + FN).</summary>
    public MetricValue BackgroundIou
        => MetricValue.Ratio(TrueNegatives, TrueNegatives + FalsePositives + FalseNegatives, "everything is positive and was called so");

    /// <summary>Cohen's κ of truth and decision; inflated by the background where pixels are counted.</summary>
    public MetricValue Kappa
    {
        get
        {
            ConfusionMatrix matrix = new(2);
            matrix.Add(0, 0, TrueNegatives);
            matrix.Add(0, 1, FalsePositives);
            matrix.Add(1, 0, FalseNegatives);
            matrix.Add(1, 1, TruePositives);
            return matrix.Kappa();
        }
    }

    /// <summary>Counts <c>score ≥ threshold</c> against a mask.</summary>
    public static ConfusionCounts Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask, float threshold)
    {
        if (scores.Length != mask.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores and {mask.Length} labels: expected as many.", nameof(mask));
        }

        long tp = 0, fp = 0, fn = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var positive = scores[i] >= threshold;
            tp += positive && mask[i] ? 1 : 0;
            fp += positive && !mask[i] ? 1 : 0;
            fn += !positive && mask[i] ? 1 : 0;
        }

        return new ConfusionCounts(tp, fp, fn, scores.Length - tp - fp - fn);
    }

    public static ConfusionCounts operator +(ConfusionCounts a, ConfusionCounts b)
        => new(a.TruePositives + b.TruePositives, a.FalsePositives + b.FalsePositives, a.FalseNegatives + b.FalseNegatives, a.TrueNegatives + b.TrueNegatives);

    /// <summary>The sum of two counts.</summary>
    public static ConfusionCounts Add(ConfusionCounts a, ConfusionCounts b) => a + b;
}
