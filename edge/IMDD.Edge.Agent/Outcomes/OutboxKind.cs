namespace IMDD.Edge.Agent.Outcomes;

/// <summary>What a record of the outbox is; each kind of each camera is a lane with its own order and cursor.</summary>
internal enum OutboxKind
{
    Outcome = 0,
    Defect = 1,
    FrameStored = 2,

    /// <summary>Less than all others: sent when they are not waiting, dropped before any of them.</summary>
    HardExample = 3,

    /// <summary>As little as <see cref="HardExample"/>.</summary>
    Statistics = 4,
}
