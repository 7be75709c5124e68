namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// What waits for the one writer. A monitor rather than a blocking collection: that one spins before it sleeps, and here it would do so
/// after every commit.
/// </summary>
internal sealed class CommandQueue
{
    private readonly object _gate = new();
    private readonly Queue<StoreCommand> _waiting = new();
    private bool _isComplete;
    private bool _isAbandoned;

    /// <exception cref="InvalidOperationException">The queue is complete.</exception>
    public void Add(StoreCommand command)
    {
        lock (_gate)
        {
            if (_isComplete)
            {
                throw new InvalidOperationException("The outcome store takes nothing any more.");
            }

            _waiting.Enqueue(command);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Makes the writer stop where it is.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isAbandoned = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for something to do and takes all of it, up to a number.</summary>
    /// <param name="group">What is taken is added here; nothing when the wait was in vain.</param>
    /// <param name="most">The number.</param>
    /// <param name="wait">Longest wait.</param>
    /// <returns>False when nothing will come any more.</returns>
    /// <exception cref="OperationCanceledException">Abandoned.</exception>
    public bool Take(List<StoreCommand> group, int most, TimeSpan wait)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_isComplete && !_isAbandoned)
            {
                Monitor.Wait(_gate, wait);
            }

            if (_isAbandoned)
            {
                throw new OperationCanceledException("The outcome store is being left.");
            }

            while (group.Count < most && _waiting.TryDequeue(out var command))
            {
                group.Add(command);
            }

            return group.Count > 0 || !_isComplete;
        }
    }
}
