namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A lane of the outbox: one camera, one kind. Stored as <c>camera × 8 + kind</c>.</summary>
internal readonly record struct OutboxLaneId(long Value)
{
    /// <summary>Room for kinds: a lane of another kind must not need the store to be written anew.</summary>
    public const int Kinds = 8;

    public OutboxLaneId(long camera, OutboxKind kind)
        : this((camera * Kinds) + (int)kind)
    {
    }

    /// <summary>Row of the camera.</summary>
    public long Camera => Value / Kinds;

    public OutboxKind Kind => (OutboxKind)(Value % Kinds);

    /// <summary>True for what is sent when nothing else waits, and dropped before anything else.</summary>
    public bool IsSecondary => Kind is OutboxKind.HardExample or OutboxKind.Statistics;
}
