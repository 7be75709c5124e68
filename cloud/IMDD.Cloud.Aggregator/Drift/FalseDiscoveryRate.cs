namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Benjamini and Hochberg's procedure (J. R. Statist. Soc. B 57, 1995).</summary>
internal static class FalseDiscoveryRate
{
    /// <summary>The largest p-value that is a discovery where at most this share of the discoveries may be false; below 0 where none is.</summary>
    public static double Threshold(IEnumerable<double> pValues, double share)
    {
        var sorted = pValues.Order().ToArray();
        for (var rank = sorted.Length; rank > 0; rank--)
        {
            if (sorted[rank - 1] <= share * rank / sorted.Length)
            {
                return sorted[rank - 1];
            }
        }

        return -1;
    }
}
