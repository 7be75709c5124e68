namespace IMDD.Edge.Camera.Gateway;

/// <summary>Deliveries by the time they are due, and in order of capture where it is the same.</summary>
internal sealed class DeliveryQueue(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Delivery, (TimeSpan Due, long Order)> _queue = new();
    private readonly SemaphoreSlim _added = new(0);
    private readonly long _start = time.GetTimestamp();
    private long _order;

    /// <summary>Adds a delivery that is due after a delay.</summary>
    public void Add(Delivery delivery, TimeSpan delay)
    {
        lock (_lock)
        {
            _queue.Enqueue(delivery, (time.GetElapsedTime(_start) + delay, _order++));
        }

        _added.Release();
    }

    /// <summary>Waits for the next delivery that is due and takes it out.</summary>
    public async ValueTask<Delivery> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan wait;
            lock (_lock)
            {
                if (!_queue.TryPeek(out _, out var next))
                {
                    wait = Timeout.InfiniteTimeSpan;
                }
                else
                {
                    wait = next.Due - time.GetElapsedTime(_start);
                    if (wait <= TimeSpan.Zero)
                    {
                        return _queue.Dequeue();
                    }
                }
            }

            await WaitAsync(wait, cancellationToken);
        }
    }

    public void Dispose() => _added.Dispose();

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var added = _added.WaitAsync(either.Token);
        await Task.WhenAny(added, Task.Delay(wait, time, either.Token));
        await either.CancelAsync();
        await added.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
