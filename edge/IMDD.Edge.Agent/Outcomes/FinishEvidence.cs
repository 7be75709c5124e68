using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// What was spooled of a frame has its blobs (or, without an address, never will): the waiting defect event gets the addresses; one that is
/// gone already is followed by a frame-stored event.
/// </summary>
internal sealed class FinishEvidence(string outcomeId, Uri? picture, IReadOnlyList<StoredMask> masks) : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.FinishEvidence(outcomeId, picture, masks);

    /// <inheritdoc/>
    public override void Committed() => _done.TrySetResult();
}
