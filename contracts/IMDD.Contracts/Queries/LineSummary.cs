namespace IMDD.Contracts.Queries;

/// <summary>Counts over a span of whole windows: of minutes up to a span of 26 hours, of hours above it.</summary>
public sealed record LineSummary
{
    /// <summary>The line; null for all lines together.</summary>
    public string? Line { get; init; }

    /// <summary>Start of the first window counted.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the last window counted, exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    public required long Total { get; init; }
    public required long Passed { get; init; }
    public required long Failed { get; init; }
    public required long Undecided { get; init; }
    public required IReadOnlyDictionary<string, long> UndecidedByReason { get; init; }

    /// <summary>Passed over passed and failed, 0 to 1; null when there is neither.</summary>
    public double? Yield { get; init; }

    /// <summary>Failed per million inspected (passed and failed); null when none was inspected.</summary>
    public double? DefectsPerMillion { get; init; }

    /// <summary>Undecided over total, 0 to 1; null when there is no frame.</summary>
    public double? UndecidedRate { get; init; }
}
