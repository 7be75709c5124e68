namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Lets a defect event go without the address of its picture: it has waited long enough, or there will be none.</summary>
internal sealed class ReleaseDefect(long position) : StoreCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <inheritdoc/>
    public override void Execute(StoreTransaction transaction) => transaction.ReleaseDefect(position);

    /// <inheritdoc/>
    public override void Committed() => _done.TrySetResult();
}
