using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Events;

/// <summary>What every event says besides its data: who, when, which trace.</summary>
public sealed record EventContext
{
    /// <summary>Sent this long after it happened, an event is historical: for statistics, not for action on the line.</summary>
    public static readonly TimeSpan HistoricalAfter = TimeSpan.FromSeconds(60);

    /// <summary>The writer.</summary>
    public required EventSource Source { get; init; }

    /// <summary>When it happened; for everything about a frame, the middle of its exposure.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When the event was made, by the writer's clock; also the timestamp of its Kafka record.</summary>
    public required DateTimeOffset RecordedTime { get; init; }

    /// <summary>The writer's own count, rising with each event of <see cref="Source"/>; null where it keeps none.</summary>
    public long? Sequence { get; init; }

    /// <summary>W3C <c>traceparent</c> of the trace that started with the frame; one that is malformed is left out, as the standard asks.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C <c>tracestate</c>; only beside a good <see cref="TraceParent"/>.</summary>
    public string? TraceState { get; init; }

    /// <summary>True when it is sent from a store, more than <see cref="HistoricalAfter"/> after it happened.</summary>
    public bool Historical { get; init; }
}
