using MathNet.Numerics;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>Pearson's test that two counts over the same names come from one distribution. Names that are too rare for it are put together.</summary>
internal static class ChiSquareTest
{
    // Cochran's rule: the approximation holds for expected counts from 5 on.
    private const double LeastExpected = 5;

    /// <summary>The probability of a difference as large by chance; 1 where there is nothing to compare.</summary>
    public static double PValue(IReadOnlyList<long> reference, IReadOnlyList<long> current)
    {
        double n = reference.Sum(), m = current.Sum();
        if (n == 0 || m == 0)
        {
            return 1;
        }

        List<(double Reference, double Current)> names = [];
        (double Reference, double Current) rare = (0, 0);
        foreach (var (before, now) in reference.Zip(current))
        {
            if ((before + now) * Math.Min(n, m) / (n + m) >= LeastExpected)
            {
                names.Add((before, now));
            }
            else
            {
                rare = (rare.Reference + before, rare.Current + now);
            }
        }

        if (rare.Reference + rare.Current > 0)
        {
            names.Add(rare);
        }

        if (names.Count < 2)
        {
            return 1;
        }

        var (up, down) = (Math.Sqrt(m / n), Math.Sqrt(n / m));
        var statistic = names.Sum(name => Math.Pow((up * name.Reference) - (down * name.Current), 2) / (name.Reference + name.Current));
        return statistic <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized((names.Count - 1) / 2.0, statistic / 2);
    }
}
