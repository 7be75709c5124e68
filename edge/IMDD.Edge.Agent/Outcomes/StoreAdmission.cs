namespace IMDD.Edge.Agent.Outcomes;

/// <summary>The gate in front of the store: closed while it has no room or cannot write, so that new frames stay where they are.</summary>
internal sealed class StoreAdmission
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;

    /// <summary>True while new frames may be taken.</summary>
    public bool IsOpen => Volatile.Read(ref _closed) is null;

    /// <summary>Why it is closed; null while it is open.</summary>
    public string? Reason { get; private set; }

    /// <summary>Returns once it is open.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
        => Volatile.Read(ref _closed) is { } closed ? closed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Opens (null) or closes it; true when that is a change.</summary>
    public bool Set(string? reason)
    {
        lock (_lock)
        {
            Reason = reason;
            if (reason is null && _closed is { } closed)
            {
                _closed = null;
                closed.SetResult();
                return true;
            }

            if (reason is not null && _closed is null)
            {
                _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return true;
            }

            return false;
        }
    }
}
