namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// Puts a camera's outcomes back into the order in which its frames came, though decoders and batches finish them in another. Thread-safe.
/// </summary>
internal sealed class OutcomeOrder<T>(Action<T> release)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, T> _early = [];
    private long _issued;
    private long _next;

    /// <summary>The place of a frame that has just come.</summary>
    public long Issue()
    {
        lock (_lock)
        {
            return _issued++;
        }
    }

    /// <summary>Hands in what is done; releases it and all that waited for it, in order.</summary>
    public void Complete(long ticket, T item)
    {
        lock (_lock)
        {
            if (ticket != _next)
            {
                _early.Add(ticket, item);
                return;
            }

            do
            {
                release(item);
                _next++;
            }
            while (_early.Remove(_next, out item!));
        }
    }
}
