using IMDD.Cloud.Aggregator.State;
using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Windows;

/// <summary>Between the row of a window and what is counted in it or said of it.</summary>
internal static class WindowMapping
{
    /// <summary>Adds to the row what was counted since.</summary>
    public static void Add(WindowRow row, VerdictCounts added, DateTimeOffset now)
    {
        var counts = Read(row);
        counts.Add(added);
        row.Total = counts.Total;
        row.Passed = counts.Passed;
        row.Failed = counts.Failed;
        row.Undecided = counts.Undecided;
        row.Reasons = CountsJson.WriteReasons(counts);
        row.Pareto = CountsJson.WritePareto(counts);
        row.Dirty = true;
        row.Pending = true;
        row.Changed = now;
    }

    public static VerdictCounts Read(WindowRow row)
    {
        VerdictCounts counts = new();
        counts.Add(row.Passed, row.Failed, row.Undecided);
        CountsJson.ReadReasons(row.Reasons, counts);
        CountsJson.ReadPareto(row.Pareto, counts);
        return counts;
    }

    public static LineWindow ToEvent(WindowRow row)
    {
        var counts = Read(row);
        return new LineWindow
        {
            Line = row.Line,
            WindowStart = row.Start,
            WindowSeconds = row.Seconds,
            Revision = row.Revision,
            Closed = row.Closed,
            Correction = row.Correction,
            Total = counts.Total,
            Passed = counts.Passed,
            Failed = counts.Failed,
            Undecided = counts.Undecided,
            UndecidedByReason = counts.Reasons,
            Yield = counts.Yield,
            DefectsPerMillion = counts.DefectsPerMillion,
            Pareto = [.. counts.Pareto.Select(entry => new DefectCount(entry.Class, entry.Severity, (int)Math.Min(entry.Count, int.MaxValue)))],
        };
    }
}
