namespace IMDD.Contracts.Events;

/// <summary>
/// Data of <c>imdd.metrics.line-minute.v1</c> and <c>line-hour.v1</c>: counts of one line in one window. Rewritten when late data comes;
/// the record with the highest <see cref="Revision"/> stands.
/// </summary>
public sealed record LineWindow
{
    /// <summary><c>enterprise/site/area/line</c>.</summary>
    public required string Line { get; init; }

    public required DateTimeOffset WindowStart { get; init; }

    /// <summary>60 or 3600.</summary>
    public required int WindowSeconds { get; init; }

    /// <summary>Rises by one with each rewrite.</summary>
    public required long Revision { get; init; }

    /// <summary>True once the lateness has passed; what changes it afterwards is a correction.</summary>
    public bool Closed { get; init; }

    /// <summary>True when written after it was closed.</summary>
    public bool Correction { get; init; }

    public required long Total { get; init; }
    public required long Passed { get; init; }
    public required long Failed { get; init; }
    public required long Undecided { get; init; }

    /// <summary>Undecided by reason.</summary>
    public IReadOnlyDictionary<string, long> UndecidedByReason { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Passed over passed and failed; null when there is neither.</summary>
    public double? Yield { get; init; }

    /// <summary>Failed per million inspected; null when none was inspected.</summary>
    public double? DefectsPerMillion { get; init; }

    /// <summary>Regions by class and severity, most frequent first.</summary>
    public IReadOnlyList<DefectCount> Pareto { get; init; } = [];
}
