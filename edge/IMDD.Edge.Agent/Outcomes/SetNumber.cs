namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Keeps a named number; <see cref="Done"/> completes when it is durable.</summary>
internal sealed class SetNumber(string name, long value) : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.SetNumber(name, value);

    /// <inheritdoc/>
    public override void Committed() => _done.TrySetResult();
}
