using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>
/// p-chart with variable sample size (Montgomery, Introduction to Statistical Quality Control, section 7.3): limits
/// p̄ ± 3·√(p̄(1−p̄)/n), and Western Electric rules 1 (beyond a limit) and 4 (eight in a row on one side).
/// </summary>
internal static class PChartCalculator
{
    /// <summary>Points in a row on one side of the center line that are a signal; these latest points are also kept out of the baseline.</summary>
    public const int RunLength = 8;

    private const double Sigmas = 3;

    /// <param name="line">The line.</param>
    /// <param name="windowSeconds">Size of the windows.</param>
    /// <param name="samples">Windows, oldest first.</param>
    /// <param name="options">Sizes of baseline and sample.</param>
    public static PChart Compute(string line, int windowSeconds, IReadOnlyList<PChartSample> samples, AlarmOptions options)
    {
        var judged = samples.Where(s => IsJudged(s, options)).ToList();
        var baseline = judged.SkipLast(RunLength).TakeLast(options.BaselineWindows).ToList();
        double? center = null;
        if (baseline.Count >= options.MinBaselineWindows)
        {
            center = (double)baseline.Sum(s => s.Failed) / baseline.Sum(s => s.Inspected);
        }

        return new PChart
        {
            Line = line,
            WindowSeconds = windowSeconds,
            CenterLine = center,
            BaselineWindows = baseline.Count,
            BaselineWindowsNeeded = options.MinBaselineWindows,
            BaselineFrom = baseline.Count > 0 ? baseline[0].Start : null,
            BaselineTo = baseline.Count > 0 ? baseline[^1].Start.AddSeconds(windowSeconds) : null,
            Points = Points(samples, center, options),
        };
    }

    private static List<PChartPoint> Points(IReadOnlyList<PChartSample> samples, double? center, AlarmOptions options)
    {
        List<PChartPoint> points = [];
        int above = 0, below = 0;
        foreach (var sample in samples.Where(s => s.Inspected > 0))
        {
            var proportion = (double)sample.Failed / sample.Inspected;
            double? lower = null, upper = null;
            var signal = PChartSignal.None;
            if (center is { } p)
            {
                var width = Sigmas * Math.Sqrt(p * (1 - p) / sample.Inspected);
                lower = Math.Max(0, p - width);
                upper = Math.Min(1, p + width);
                if (IsJudged(sample, options))
                {
                    above = proportion > p ? above + 1 : 0;
                    below = proportion < p ? below + 1 : 0;
                    signal = proportion > upper ? PChartSignal.AboveLimit
                        : proportion < lower ? PChartSignal.BelowLimit
                        : above >= RunLength ? PChartSignal.RunAbove
                        : below >= RunLength ? PChartSignal.RunBelow
                        : PChartSignal.None;
                }
            }

            points.Add(new PChartPoint
            {
                WindowStart = sample.Start,
                Inspected = sample.Inspected,
                Failed = sample.Failed,
                Proportion = proportion,
                LowerLimit = lower,
                UpperLimit = upper,
                Signal = signal,
                Complete = sample.Complete,
            });
        }

        return points;
    }

    private static bool IsJudged(PChartSample sample, AlarmOptions options) => sample.Complete && sample.Inspected >= options.MinInspected;
}
