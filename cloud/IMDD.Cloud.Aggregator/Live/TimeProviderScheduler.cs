using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace IMDD.Cloud.Aggregator.Live;

/// <summary>A scheduler of System.Reactive on a <see cref="TimeProvider"/>, so that time in streams is the time of everything else.</summary>
internal sealed class TimeProviderScheduler(TimeProvider time) : LocalScheduler, ISchedulerPeriodic
{
    public override DateTimeOffset Now => time.GetUtcNow();

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        SingleAssignmentDisposable result = new();
        var timer = time.CreateTimer(
            _ =>
            {
                if (!result.IsDisposed)
                {
                    result.Disposable = action(this, state);
                }
            },
            null,
            dueTime > TimeSpan.Zero ? dueTime : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
        return StableCompositeDisposable.Create(timer, result);
    }

    /// <summary>A turn that is due while the one before still runs is left out.</summary>
    public IDisposable SchedulePeriodic<TState>(TState state, TimeSpan period, Func<TState, TState> action)
    {
        var running = 0;
        return time.CreateTimer(
            _ =>
            {
                if (Interlocked.Exchange(ref running, 1) == 0)
                {
                    try
                    {
                        state = action(state);
                    }
                    finally
                    {
                        Volatile.Write(ref running, 0);
                    }
                }
            },
            null,
            period,
            period);
    }
}
