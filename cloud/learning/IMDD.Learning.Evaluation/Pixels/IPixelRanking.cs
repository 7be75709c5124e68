using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>Score maps and masks of one data set, added image by image, and the pixel metrics that rank them.</summary>
public interface IPixelRanking
{
    /// <summary>How far the AUROC may be from the exact value; 0 where it is exact.</summary>
    double AurocErrorBound { get; }

    /// <summary>Adds one image.</summary>
    /// <param name="scores">Score per pixel, <c>height × width</c>, higher is more anomalous.</param>
    /// <param name="mask">True where defective, <c>height × width</c>.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask, int width, int height);

    /// <summary>Pixel AUROC over all images.</summary>
    MetricValue Auroc();

    /// <summary>Pixel average precision over all images.</summary>
    MetricValue AveragePrecision();

    /// <summary>Best pixel F1 over all thresholds.</summary>
    F1Optimum F1Max();

    /// <summary>Area under the per-region overlap curve up to a false-positive rate, divided by it.</summary>
    /// <param name="falsePositiveRateLimit">Over 0, at most 1.</param>
    MetricValue Aupro(double falsePositiveRateLimit);
}
