namespace IMDD.Edge.Agent;

/// <summary>
/// Rings once within a time; set again, at the earlier of the two. One timer for a loop's whole life, where a delay for each turn would
/// leave hundreds behind that all still fire. Thread-safe.
/// </summary>
internal sealed class Alarm : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _due = long.MaxValue;

    public Alarm(TimeProvider time, Action ring)
    {
        _time = time;
        _timer = time.CreateTimer(
            _ =>
            {
                lock (_lock)
                {
                    _due = long.MaxValue;
                }

                ring();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has it ring in <paramref name="delay"/> at the latest.</summary>
    public void Within(TimeSpan delay)
    {
        lock (_lock)
        {
            var due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
            if (due < _due)
            {
                _due = due;
                _timer.Change(delay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
