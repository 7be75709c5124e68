namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// The two-sample Kolmogorov-Smirnov test on histograms. D is taken at the edges of the bins alone, where it can only be smaller than between the values
/// themselves: the p-value errs towards no difference. Its distribution is the asymptotic one with Stephens' correction (Press et al., Numerical Recipes, 14.3.3).
/// </summary>
internal static class KolmogorovSmirnov
{
    private const int Terms = 100;
    private const double Negligible = 1e-12;

    /// <summary>D, 0 to 1, and the probability of one as large where both come from one distribution; (0, 1) where either has no frames.</summary>
    public static (double Distance, double PValue) Of(IReadOnlyList<long> reference, IReadOnlyList<long> current)
    {
        var (n, m) = (reference.Sum(), current.Sum());
        if (n == 0 || m == 0)
        {
            return (0, 1);
        }

        double distance = 0;
        long below = 0, currentBelow = 0;
        for (var bin = 0; bin < reference.Count; bin++)
        {
            below += reference[bin];
            currentBelow += current[bin];
            distance = Math.Max(distance, Math.Abs(((double)below / n) - ((double)currentBelow / m)));
        }

        var root = Math.Sqrt((double)n * m / (n + m));
        return (distance, Tail((root + 0.12 + (0.11 / root)) * distance));
    }

    /// <summary>Kolmogorov's distribution from <paramref name="x"/> on: <c>2 sum((-1)^(j-1) exp(-2 j² x²))</c>.</summary>
    public static double Tail(double x)
    {
        double sum = 0;
        for (var j = 1; j <= Terms; j++)
        {
            var term = Math.Exp(-2.0 * j * j * x * x);
            sum += j % 2 == 1 ? term : -term;
            if (term < Negligible)
            {
                return Math.Clamp(2 * sum, 0, 1);
            }
        }

        // Close to 0 the sum alternates for ever, and the probability is 1.
        return 1;
    }
}
