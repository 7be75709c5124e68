using System.Collections.Concurrent;

namespace IMDD.Edge.Camera.Tests;

/// <summary>
/// The machine's clock, whose timers fire once more a moment after they are disposed of, as one does whose turn has come just then. What its callbacks throw, which would
/// end the process, is kept.
/// </summary>
internal sealed class TardyTime : TimeProvider
{
    private static readonly TimeSpan Tardiness = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentQueue<Exception> _thrown = [];
    private int _late;

    public IReadOnlyCollection<Exception> Thrown => _thrown;

    /// <summary>Timers that fired after their end.</summary>
    public int Late => Volatile.Read(ref _late);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new Tardy(base.CreateTimer(callback, state, dueTime, period), () => FireAsync(callback, state));

    private async Task FireAsync(TimerCallback callback, object? state)
    {
        await Task.Delay(Tardiness);
        Interlocked.Increment(ref _late);
        try
        {
            callback(state);
        }
        catch (ObjectDisposedException e)
        {
            _thrown.Enqueue(e);
        }
    }

    private sealed class Tardy(ITimer timer, Func<Task> fire) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            _ = fire();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            _ = fire();
        }
    }
}
