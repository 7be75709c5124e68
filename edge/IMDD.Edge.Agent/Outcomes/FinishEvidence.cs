namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// A picture has its blob (or, without an address, never will): the waiting defect event gets the address; one that is gone already is
/// followed by a frame-stored event.
/// </summary>
internal sealed class FinishEvidence(string outcomeId, Uri? uri) : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.FinishEvidence(outcomeId, uri);

    /// <inheritdoc/>
    public override void Committed() => _done.TrySetResult();
}
