using System.Runtime.InteropServices;
using IMDD.Imaging.Masks;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>
/// Pixel metrics in constant memory (1.5 MiB), for sets too large to rank exactly: scores in 0…1 fall into 65,536 equal bins, and only the
/// bins' edges are thresholds. A pair within one bin counts as a tie, so the true AUROC lies within <see cref="AurocErrorBound"/> of the
/// estimate, and the true AUPRO within <see cref="AuproErrorBound"/>. F1-max is the best at an edge, hence never above the true one; average
/// precision has no bound.
/// </summary>
public sealed class HistogramPixelScores : IPixelRanking
{
    private const int Bins = 1 << 16;

    private readonly long[] _positives = new long[Bins];
    private readonly long[] _negatives = new long[Bins];

    // Each pixel of a region counts 1 over the region's size; divided by the number of regions at the end.
    private readonly double[] _overlap = new double[Bins];
    private int _regions;

    /// <summary>Half the share of pairs that fell into one bin.</summary>
    public double AurocErrorBound
    {
        get
        {
            double positives = _positives.Sum(), negatives = _negatives.Sum(), tied = 0;
            for (var bin = 0; bin < Bins; bin++)
            {
                tied += (double)_positives[bin] * _negatives[bin];
            }

            return positives * negatives == 0 ? 0 : tied / (positives * negatives) / 2;
        }
    }

    /// <summary>Adds one image; a score outside 0…1 is refused, since a bin at the edge would hide it.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is not within 0…1.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask, int width, int height)
    {
        if (scores.Length != width * height || mask.Length != width * height)
        {
            throw new ArgumentException(
                $"The map has {scores.Length} and the mask {mask.Length} pixels: expected {width}×{height} of each.", nameof(scores));
        }

        using var regions = mask.Contains(true) ? ConnectedComponents.Find(MemoryMarshal.AsBytes(mask), width, height) : null;
        _regions += regions?.Count ?? 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] is not (>= 0f and <= 1f))
            {
                throw new ArgumentException($"The score of pixel {i} is {scores[i]}: expected 0 to 1.", nameof(scores));
            }

            var bin = Math.Min(Bins - 1, (int)(scores[i] * Bins));
            if (mask[i])
            {
                _positives[bin]++;
                _overlap[bin] += 1.0 / regions![regions.Labels[i]].Area;
            }
            else
            {
                _negatives[bin]++;
            }
        }
    }

    /// <inheritdoc/>
    public MetricValue Auroc()
    {
        double below = 0, wins = 0, positives = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            wins += _positives[bin] * (below + 0.5 * _negatives[bin]);
            below += _negatives[bin];
            positives += _positives[bin];
        }

        return Missing() ?? MetricValue.Of(wins / (positives * below));
    }

    /// <inheritdoc/>
    public MetricValue AveragePrecision()
    {
        double found = 0, wrong = 0, sum = 0;
        for (var bin = Bins - 1; bin >= 0; bin--)
        {
            found += _positives[bin];
            wrong += _negatives[bin];
            sum += _positives[bin] == 0 ? 0 : _positives[bin] * found / (found + wrong);
        }

        return found == 0 ? MetricValue.NaN("no defective pixel") : MetricValue.Of(sum / found);
    }

    /// <inheritdoc/>
    public F1Optimum F1Max()
    {
        double total = _positives.Sum(), found = 0, called = 0;
        if (total == 0)
        {
            return new F1Optimum(MetricValue.NaN("no defective pixel"), double.NaN, double.NaN, double.NaN);
        }

        var best = new F1Optimum(MetricValue.Of(-1), double.NaN, double.NaN, double.NaN);
        for (var bin = Bins - 1; bin >= 0; bin--)
        {
            found += _positives[bin];
            called += _positives[bin] + _negatives[bin];
            var f1 = called == 0 ? -1 : 2 * found / (called + total);
            if (f1 > best.F1.Value)
            {
                best = new F1Optimum(MetricValue.Of(f1), (double)bin / Bins, found / called, found / total);
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public MetricValue Aupro(double falsePositiveRateLimit) => Missing() ?? MetricValue.Of(Curve(falsePositiveRateLimit).Area);

    /// <summary>How far the AUPRO may be from the exact value.</summary>
    public double AuproErrorBound(double falsePositiveRateLimit) => Missing() is null ? Curve(falsePositiveRateLimit).Uncertain : 0;

    private (double Area, double Uncertain) Curve(double limit)
    {
        if (limit is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "Expected over 0 and at most 1.");
        }

        double negatives = _negatives.Sum(), rate = 0, overlap = 0, area = 0, uncertain = 0;
        for (var bin = Bins - 1; bin >= 0 && rate < limit; bin--)
        {
            double width = _negatives[bin] / negatives, rise = _overlap[bin] / _regions;
            var share = rate + width > limit ? (limit - rate) / width : 1;
            area += width * share * (overlap + share * rise / 2);

            // The true curve runs somewhere within the step's rectangle.
            uncertain += width * share * rise * (1 - share / 2);
            rate += width;
            overlap += rise;
        }

        return (area / limit, uncertain / limit);
    }

    private MetricValue? Missing()
        => Array.TrueForAll(_positives, p => p == 0) ? MetricValue.NaN("no defective pixel")
            : Array.TrueForAll(_negatives, n => n == 0) ? MetricValue.NaN("no normal pixel")
            : null;
}
