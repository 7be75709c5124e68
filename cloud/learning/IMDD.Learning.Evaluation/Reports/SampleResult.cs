using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>What the model made of one picture.</summary>
/// <param name="Sample">The picture.</param>
/// <param name="ImageScore">The one score.</param>
/// <param name="IsRejected">True when the model would reject the part: by its image threshold, or by any region where it has none.</param>
/// <param name="PredictedClass">Class of the worst region, by the vocabulary; null without a region.</param>
/// <param name="LikeliestClass">The same; where no region reaches the model's threshold, that of the surest one below it; null where there is none either.</param>
/// <param name="Counts">Pixels at the threshold; null without pixel truth.</param>
/// <param name="Seconds">Inference.</param>
public sealed record SampleResult(
    DatasetSample Sample, float ImageScore, bool IsRejected, string? PredictedClass, string? LikeliestClass, ConfusionCounts? Counts, double Seconds)
{
    /// <summary>How wrong it is, 0 to 1: one minus IoU where pixels are known, else the distance of the score from what it should be.</summary>
    public double Error => Counts is { } counts && counts.TruePositives + counts.FalsePositives + counts.FalseNegatives > 0
        ? 1 - counts.Iou.Value
        : Math.Abs(ImageScore - (Sample.IsAnomalous ? 1 : 0));

    /// <summary>Pixels that are wrong: orders those whose error is the same.</summary>
    public long WrongPixels => Counts is { } counts ? counts.FalsePositives + counts.FalseNegatives : 0;
}
