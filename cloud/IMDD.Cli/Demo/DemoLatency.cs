namespace IMDD.Cli.Demo;

/// <summary>Quantiles in milliseconds.</summary>
public sealed record DemoLatency(double P50, double P95, double P99)
{
    /// <summary>Quantiles of exact values by nearest rank; null where there is none.</summary>
    /// <param name="seconds">Measured values.</param>
    public static DemoLatency? Of(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0 ? null : new DemoLatency(At(0.5), At(0.95), At(0.99));

        double At(double quantile) => Math.Round(1000 * sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)], 2);
    }
}
