using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Drift;

/// <summary>
/// Which statistics have drifted, from the compared windows alone, so that a restart comes to the same answer. One window beyond its level says little, as the
/// frames of a window are alike; several in short order raise, and only as many calm ones clear.
/// </summary>
internal static class DriftJudge
{
    /// <summary>What stands after the last window.</summary>
    /// <param name="windows">Of one camera and one reference, oldest first.</param>
    /// <param name="options">Levels and numbers of windows.</param>
    public static IReadOnlyList<StandingDrift> Standing(IReadOnlyList<DriftWindow> windows, DriftOptions options) =>
    [
        .. windows.SelectMany(window => window.Scores).Select(score => score.Statistic).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(statistic => Standing(statistic, windows, options)).OfType<StandingDrift>(),
    ];

    private static StandingDrift? Standing(string statistic, IReadOnlyList<DriftWindow> windows, DriftOptions options)
    {
        Queue<(DriftWindow Window, bool IsSignal)> recent = new();
        StandingDrift? standing = null;
        var calm = 0;
        foreach (var window in windows)
        {
            if (window.Scores.FirstOrDefault(s => s.Statistic == statistic) is not { } score)
            {
                continue;
            }

            recent.Enqueue((window, score.IsSignal));
            if (recent.Count > options.OfWindows)
            {
                recent.Dequeue();
            }

            calm = IsCalm(score, options) ? calm + 1 : 0;
            if (calm >= options.ClearAfter)
            {
                standing = null;
            }
            else if (score.IsSignal && (standing is not null || recent.Count(r => r.IsSignal) >= options.Signals))
            {
                standing = new StandingDrift(statistic, standing?.Since ?? recent.First(r => r.IsSignal).Window.Start, window, score);
            }
        }

        return standing;
    }

    private static bool IsCalm(DriftScore score, DriftOptions options)
        => !score.IsSignal && (score.Statistic == StatisticName.Embedding || score.Effect < options.WatchLevel);
}
