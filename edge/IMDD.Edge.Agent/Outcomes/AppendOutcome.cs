using IMDD.Edge.Agent.Faults;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Stores an outcome.</summary>
internal sealed class AppendOutcome(OutcomeDraft draft, CrashPoints crashPoints, Action<OutcomeDraft> onDurable) : StoreCommand
{
    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction)
    {
        crashPoints.Pass(CrashPoint.BeforeAppend);
        transaction.Append(draft);
        crashPoints.Pass(CrashPoint.AfterAppend);
    }

    /// <inheritdoc/>
    public override void Committed()
    {
        crashPoints.Pass(CrashPoint.AfterCommit);
        onDurable(draft);
    }
}
