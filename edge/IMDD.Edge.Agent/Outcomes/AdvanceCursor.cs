using IMDD.Edge.Agent.Faults;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Records that Kafka has confirmed a lane up to a position.</summary>
internal sealed class AdvanceCursor(OutboxLaneId lane, long position, int records, CrashPoints crashPoints) : StoreCommand
{
    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.Advance(lane, position, records);

    /// <inheritdoc/>
    public override void Committed() => crashPoints.Pass(CrashPoint.AfterCursor);
}
