using IMDD.Edge.Agent.Faults;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A hard example's picture is stored, and its event goes into the outbox; or it never will be, and the example is forgotten.</summary>
internal sealed class FinishExample(string outcomeId, PreparedRecord? record, CrashPoints crashPoints) : StoreCommand
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isThere;

    /// <summary>False where the example had been dropped meanwhile.</summary>
    public Task<bool> Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => _isThere = transaction.FinishExample(outcomeId, record);

    /// <inheritdoc/>
    public override void Committed()
    {
        crashPoints.Pass(CrashPoint.AfterExampleSent);
        _done.TrySetResult(_isThere);
    }
}
