namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Changes nothing; says when all that came before it is durable.</summary>
internal sealed class FlushMark : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction)
    {
    }

    /// <inheritdoc/>
    public override void Committed() => _done.TrySetResult();
}
