namespace IMDD.Contracts.Queries;

/// <summary>Regions by class and severity, most frequent first.</summary>
public sealed record ParetoChart
{
    /// <summary>The line; null for all lines together.</summary>
    public string? Line { get; init; }

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>Regions of all bars.</summary>
    public required long Regions { get; init; }

    public required IReadOnlyList<ParetoBar> Bars { get; init; }
}
