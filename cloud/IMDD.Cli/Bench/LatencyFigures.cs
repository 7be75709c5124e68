namespace IMDD.Cli.Bench;

/// <summary>Percentiles, milliseconds.</summary>
internal sealed record LatencyFigures(double P50, double P95, double P99, double Max)
{
    public static LatencyFigures Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new LatencyFigures(At(sorted, 0.50), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 1));
    }

    private static double At(double[] sorted, double share)
        => sorted.Length == 0 ? double.NaN : Math.Round(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)], 2);
}
