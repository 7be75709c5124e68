namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// Population stability index: <c>sum((p - q) ln(p / q))</c>, the symmetric Kullback-Leibler divergence of two discrete distributions. Usual levels: below 0.1
/// stable, from 0.25 changed (Siddiqi, Credit Risk Scorecards, 2006).
/// </summary>
internal static class StabilityIndex
{
    // Half a frame in each bin: what was never seen before must give a number, not infinity.
    private const double Smoothing = 0.5;

    /// <summary>The index of two counts over the same bins; bins empty in both say nothing. 0 where either has no frames.</summary>
    public static double Of(IReadOnlyList<long> reference, IReadOnlyList<long> current)
    {
        if (reference.Count != current.Count)
        {
            throw new ArgumentException($"There are {current.Count} bins: expected {reference.Count}.", nameof(current));
        }

        long referenceFrames = 0, frames = 0;
        var bins = 0;
        for (var bin = 0; bin < reference.Count; bin++)
        {
            referenceFrames += reference[bin];
            frames += current[bin];
            bins += reference[bin] + current[bin] > 0 ? 1 : 0;
        }

        if (referenceFrames == 0 || frames == 0)
        {
            return 0;
        }

        double sum = 0;
        for (var bin = 0; bin < reference.Count; bin++)
        {
            if (reference[bin] + current[bin] > 0)
            {
                var q = (reference[bin] + Smoothing) / (referenceFrames + (Smoothing * bins));
                var p = (current[bin] + Smoothing) / (frames + (Smoothing * bins));
                sum += (p - q) * Math.Log(p / q);
            }
        }

        return sum;
    }
}
