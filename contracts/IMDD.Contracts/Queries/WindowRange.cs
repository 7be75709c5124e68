using IMDD.Contracts.Events;

namespace IMDD.Contracts.Queries;

/// <summary>The windows of one line and size that start in a span, oldest first. Minutes without any frame have no window.</summary>
public sealed record WindowRange
{
    public required string Line { get; init; }

    /// <summary>60 or 3600.</summary>
    public required int WindowSeconds { get; init; }

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public required IReadOnlyList<LineWindow> Windows { get; init; }
}
