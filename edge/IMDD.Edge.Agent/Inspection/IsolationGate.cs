namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Frames go through decoder and model side by side, but one that took part in a crash goes alone: if it brings the process down again,
/// no other frame is blamed. Whoever waits to be alone goes first.
/// </summary>
internal sealed class IsolationGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _aloneTurn = new(1, 1);
    private TaskCompletionSource _changed = New();
    private int _inside;
    private bool _aloneWanted;

    /// <summary>Enters beside others, or alone.</summary>
    public async ValueTask EnterAsync(bool alone, CancellationToken cancellationToken)
    {
        if (!alone)
        {
            await EnterBesideOthersAsync(cancellationToken);
            return;
        }

        await _aloneTurn.WaitAsync(cancellationToken);
        try
        {
            await WaitUntilEmptyAsync(cancellationToken);
        }
        catch
        {
            EndTurn();
            throw;
        }
    }

    /// <summary>Leaves as it was entered.</summary>
    public void Leave(bool alone)
    {
        lock (_lock)
        {
            _inside--;
            Signal();
        }

        if (alone)
        {
            EndTurn();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _aloneTurn.Dispose();

    private async ValueTask EnterBesideOthersAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!_aloneWanted)
                {
                    _inside++;
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                _aloneWanted = true;
                if (_inside == 0)
                {
                    _inside++;
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void EndTurn()
    {
        lock (_lock)
        {
            _aloneWanted = false;
            Signal();
        }

        _aloneTurn.Release();
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = New();
        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
