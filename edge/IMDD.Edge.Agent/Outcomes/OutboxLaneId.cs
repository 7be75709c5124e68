namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A lane of the outbox: one camera, one kind. Stored as <c>camera × 4 + kind</c>.</summary>
internal readonly record struct OutboxLaneId(long Value)
{
    private const int Kinds = 4;

    public OutboxLaneId(long camera, OutboxKind kind)
        : this((camera * Kinds) + (int)kind)
    {
    }

    /// <summary>Row of the camera.</summary>
    public long Camera => Value / Kinds;

    public OutboxKind Kind => (OutboxKind)(Value % Kinds);
}
