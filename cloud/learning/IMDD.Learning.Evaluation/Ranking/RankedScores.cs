namespace IMDD.Learning.Evaluation.Ranking;

/// <summary>
/// Scores of positives and negatives, exactly ranked. Every distinct score is a threshold (<c>score ≥ t</c> is positive), ties merged:
/// scikit-learn's definitions of the ROC curve and of average precision. Keeps 4 bytes a score and twice that while sorting.
/// </summary>
public sealed class RankedScores
{
    private readonly uint[] _positives;
    private readonly uint[] _negatives;

    private RankedScores(uint[] positives, uint[] negatives) => (_positives, _negatives) = (positives, negatives);

    /// <summary>Number of positives.</summary>
    public long Positives => _positives.Length;

    /// <summary>Number of negatives.</summary>
    public long Negatives => _negatives.Length;

    /// <summary>Ranks scores with their labels.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static RankedScores From(ReadOnlySpan<float> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels: expected as many.", nameof(labels));
        }

        var collector = new ScoreCollector();
        collector.Add(scores, labels);
        return collector.Rank();
    }

    internal static RankedScores FromUnsorted(uint[] positives, uint[] negatives)
    {
        RadixSort.Sort(positives, new uint[positives.Length]);
        return FromSortedPositives(positives, negatives);
    }

    internal static RankedScores FromSortedPositives(uint[] positives, uint[] negatives)
    {
        RadixSort.Sort(negatives, new uint[negatives.Length]);
        return new RankedScores(positives, negatives);
    }

    /// <summary>Area under the ROC curve: P(s⁺ &gt; s⁻) + ½ P(s⁺ = s⁻), counted exactly in integers.</summary>
    public MetricValue Auroc()
    {
        if (MissingClass() is { } reason)
        {
            return MetricValue.NaN(reason);
        }

        var doubled = (UInt128)0;
        int below = 0, p = 0;
        while (p < _positives.Length)
        {
            var key = _positives[p];
            var tiedPositives = Run(_positives, p);
            while (below < _negatives.Length && _negatives[below] < key)
            {
                below++;
            }

            var tiedNegatives = below < _negatives.Length && _negatives[below] == key ? Run(_negatives, below) : 0;
            doubled += (UInt128)(ulong)tiedPositives * (ulong)(2L * below + tiedNegatives);
            p += tiedPositives;
        }

        return MetricValue.Of((double)doubled / 2 / ((double)Positives * Negatives));
    }

    /// <summary>Average precision, Σ (Rₙ − Rₙ₋₁) Pₙ over descending thresholds.</summary>
    public MetricValue AveragePrecision()
    {
        if (Positives == 0)
        {
            return MetricValue.NaN("no positive sample");
        }

        double sum = 0;
        long previous = 0;
        foreach (var point in Descending())
        {
            if (point.TruePositives != previous)
            {
                sum += (point.TruePositives - previous) * ((double)point.TruePositives / (point.TruePositives + point.FalsePositives));
                previous = point.TruePositives;
            }
        }

        return MetricValue.Of(sum / Positives);
    }

    /// <summary>The largest F1 over all thresholds; the highest such threshold where several tie.</summary>
    public F1Optimum F1Max()
    {
        if (Positives == 0)
        {
            return new F1Optimum(MetricValue.NaN("no positive sample"), double.NaN, double.NaN, double.NaN);
        }

        var best = default(CurvePoint);
        double bestF1 = -1;
        foreach (var point in Descending())
        {
            var f1 = F1(point);
            if (f1 > bestF1)
            {
                (best, bestF1) = (point, f1);
            }
        }

        return new F1Optimum(
            MetricValue.Of(bestF1),
            best.Threshold,
            (double)best.TruePositives / (best.TruePositives + best.FalsePositives),
            (double)best.TruePositives / Positives);
    }

    /// <summary>Counts at a threshold (<c>score ≥ threshold</c>).</summary>
    public CurvePoint At(float threshold)
    {
        var key = ScoreKey.FromScore(threshold);
        return new CurvePoint(threshold, _positives.Length - LowerBound(_positives, key), _negatives.Length - LowerBound(_negatives, key));
    }

    /// <summary>
    /// False positives at the highest threshold that still catches every positive: the false alarms paid for zero escapes.
    /// </summary>
    public CurvePoint AtFullRecall()
        => Positives == 0 ? default : At(ScoreKey.ToScore(_positives[0]));

    /// <summary>Every distinct threshold from the highest down, with cumulative counts.</summary>
    public IEnumerable<CurvePoint> Descending()
    {
        int p = _positives.Length - 1, n = _negatives.Length - 1;
        while (p >= 0 || n >= 0)
        {
            var key = p < 0 ? _negatives[n] : n < 0 ? _positives[p] : Math.Max(_positives[p], _negatives[n]);
            while (p >= 0 && _positives[p] == key)
            {
                p--;
            }

            while (n >= 0 && _negatives[n] == key)
            {
                n--;
            }

            yield return new CurvePoint(ScoreKey.ToScore(key), _positives.Length - 1 - p, _negatives.Length - 1 - n);
        }
    }

    internal ReadOnlySpan<uint> NegativeKeys => _negatives;

    internal string? MissingClass()
        => Positives == 0 ? "no positive sample" : Negatives == 0 ? "no negative sample" : null;

    private double F1(CurvePoint point) => 2.0 * point.TruePositives / (point.TruePositives + point.FalsePositives + Positives);

    private static int Run(uint[] keys, int start)
    {
        var end = start + 1;
        while (end < keys.Length && keys[end] == keys[start])
        {
            end++;
        }

        return end - start;
    }

    private static int LowerBound(uint[] keys, uint key)
    {
        int low = 0, high = keys.Length;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (keys[middle] < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
