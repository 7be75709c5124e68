namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>
/// Pixel AUROC in constant memory (1 MiB), for sets too large to rank exactly: scores in 0…1 fall into 65,536 equal bins, and a pair within
/// one bin counts as a tie. The true value lies within <see cref="AurocErrorBound"/> of the estimate.
/// </summary>
public sealed class HistogramPixelScores
{
    private const int Bins = 1 << 16;

    private readonly long[] _positives = new long[Bins];
    private readonly long[] _negatives = new long[Bins];

    /// <summary>Adds one image; a score outside 0…1 is refused, since a bin at the edge would hide it.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is not within 0…1.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask)
    {
        if (scores.Length != mask.Length)
        {
            throw new ArgumentException($"The map has {scores.Length} and the mask {mask.Length} pixels: expected as many.", nameof(mask));
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] is not (>= 0f and <= 1f))
            {
                throw new ArgumentException($"The score of pixel {i} is {scores[i]}: expected 0 to 1.", nameof(scores));
            }

            (mask[i] ? _positives : _negatives)[Math.Min(Bins - 1, (int)(scores[i] * Bins))]++;
        }
    }

    /// <summary>Area under the ROC curve, pairs of one bin counted as ties.</summary>
    public MetricValue Auroc()
    {
        double below = 0, wins = 0, positives = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            wins += _positives[bin] * (below + 0.5 * _negatives[bin]);
            below += _negatives[bin];
            positives += _positives[bin];
        }

        return positives == 0 ? MetricValue.NaN("no defective pixel")
            : below == 0 ? MetricValue.NaN("no normal pixel")
            : MetricValue.Of(wins / (positives * below));
    }

    /// <summary>Half the share of pairs that fell into one bin: the estimate is at most this far from the exact value.</summary>
    public double AurocErrorBound()
    {
        double positives = _positives.Sum(), negatives = _negatives.Sum(), tied = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            tied += (double)_positives[bin] * _negatives[bin];
        }

        return positives * negatives == 0 ? 0 : tied / (positives * negatives) / 2;
    }
}
