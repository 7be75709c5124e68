namespace IMDD.Contracts.Queries;

/// <summary>
/// Control chart of the proportion failed per window, limits by the sample size of each window: p̄ ± 3·√(p̄(1−p̄)/n), cut to 0..1.
/// p̄ is failed over inspected of the baseline windows.
/// </summary>
public sealed record PChart
{
    public required string Line { get; init; }

    /// <summary>60 or 3600.</summary>
    public required int WindowSeconds { get; init; }

    /// <summary>p̄, 0 to 1; null while there are fewer baseline windows than <see cref="BaselineWindowsNeeded"/>, and then no point has limits.</summary>
    public double? CenterLine { get; init; }

    /// <summary>Windows in the baseline.</summary>
    public required int BaselineWindows { get; init; }

    /// <summary>Windows a baseline needs before there are limits.</summary>
    public required int BaselineWindowsNeeded { get; init; }

    public DateTimeOffset? BaselineFrom { get; init; }
    public DateTimeOffset? BaselineTo { get; init; }

    /// <summary>Windows of the span with at least one inspected frame, oldest first.</summary>
    public required IReadOnlyList<PChartPoint> Points { get; init; }
}
