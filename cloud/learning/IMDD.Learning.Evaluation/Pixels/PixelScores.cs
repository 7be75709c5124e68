using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>
/// Score maps and masks of one data set, collected image by image, for the exact pixel metrics. Keeps 4 bytes a normal pixel and 8 a
/// defective one, and one more copy of the larger set while sorting: 100 maps of 1024×1024 take about 0.9 GB.
/// </summary>
public sealed class PixelScores : IPixelRanking
{
    private readonly KeyBuffer _negatives = new();
    private readonly KeyBuffer _positives = new();
    private readonly List<int> _regionOfPositive = [];
    private readonly List<int> _regionSizes = [];
    private RankedPixels? _ranked;

    /// <summary>Number of 8-connected defect regions so far.</summary>
    public int Regions => _regionSizes.Count;

    /// <inheritdoc/>
    public double AurocErrorBound => 0;

    /// <summary>Adds one image.</summary>
    /// <param name="scores">Score per pixel, <c>height × width</c>, higher is more anomalous.</param>
    /// <param name="mask">True where defective, <c>height × width</c>.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">The sizes differ, or a score is NaN.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask, int width, int height)
    {
        if (scores.Length != width * height || mask.Length != width * height)
        {
            throw new ArgumentException(
                $"The map has {scores.Length} and the mask {mask.Length} pixels: expected {width}×{height} of each.", nameof(scores));
        }

        if (_ranked is not null)
        {
            throw new InvalidOperationException("Images are added before metrics are asked for.");
        }

        var firstRegion = _regionSizes.Count;
        using var regions = mask.Contains(true) ? ConnectedComponents.Find(MemoryMarshal.AsBytes(mask), width, height) : null;
        var labels = regions is null ? default : regions.Labels;
        _regionSizes.AddRange(new int[regions?.Count ?? 0]);

        for (var i = 0; i < scores.Length; i++)
        {
            var score = scores[i];
            if (float.IsNaN(score))
            {
                throw new ArgumentException($"The score of pixel ({i % width}, {i / width}) is NaN: it has no rank.", nameof(scores));
            }

            if (labels.Length > 0 && labels[i] > 0)
            {
                var region = firstRegion + labels[i] - 1;
                _regionSizes[region]++;
                _regionOfPositive.Add(region);
                _positives.Add(ScoreKey.FromScore(score));
            }
            else
            {
                _negatives.Add(ScoreKey.FromScore(score));
            }
        }
    }

    /// <summary>Pixel AUROC over all images.</summary>
    public MetricValue Auroc() => Ranked().Scores.Auroc();

    /// <summary>Pixel average precision over all images.</summary>
    public MetricValue AveragePrecision() => Ranked().Scores.AveragePrecision();

    /// <summary>Best pixel F1 over all thresholds.</summary>
    public F1Optimum F1Max() => Ranked().Scores.F1Max();

    /// <summary>
    /// Area under the per-region overlap curve up to a false-positive rate, divided by it: MVTec's definition. Regions are 8-connected
    /// components over all images, the rate is over all normal pixels, every distinct score is a threshold, trapezoid with linear
    /// interpolation exactly at the limit.
    /// </summary>
    /// <param name="falsePositiveRateLimit">Over 0, at most 1; the field uses 0.3 and 0.05.</param>
    public MetricValue Aupro(double falsePositiveRateLimit)
    {
        if (falsePositiveRateLimit is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(falsePositiveRateLimit), falsePositiveRateLimit, "Expected over 0 and at most 1.");
        }

        var ranked = Ranked();
        if (ranked.Scores.MissingClass() is { } reason)
        {
            return MetricValue.NaN(reason == "no positive sample" ? "no defective pixel" : "no normal pixel");
        }

        return MetricValue.Of(ProCurve.Area(ranked, _regionSizes, falsePositiveRateLimit));
    }

    private RankedPixels Ranked()
    {
        if (_ranked is null)
        {
            var keys = _positives.ToArray();
            var regions = _regionOfPositive.ToArray();
            RadixSort.Sort(keys, regions, new uint[keys.Length], new int[keys.Length]);
            _ranked = new RankedPixels(RankedScores.FromSortedPositives(keys, _negatives.ToArray()), keys, regions);
        }

        return _ranked;
    }
}
