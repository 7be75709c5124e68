using IMDD.Edge.Agent.Intake;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Gathers decoded frames of one size, cut in one way, into batches: none larger than a maximum, none waiting longer than a delay, and none at all when no
/// other frame is on its way.
/// </summary>
internal sealed class Batcher : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Group> _groups = [];
    private readonly int _maxBatch;
    private readonly TimeSpan _maxDelay;
    private readonly Func<bool> _othersUnderWay;
    private readonly TimeProvider _time;
    private readonly Alarm _alarm;
    private TaskCompletionSource? _changed;

    /// <param name="maxBatch">Most frames of a batch.</param>
    /// <param name="maxDelay">Longest wait of the first frame of a batch.</param>
    /// <param name="othersUnderWay">Whether more frames are about to come.</param>
    /// <param name="time">Clock.</param>
    public Batcher(int maxBatch, TimeSpan maxDelay, Func<bool> othersUnderWay, TimeProvider time)
    {
        (_maxBatch, _maxDelay, _othersUnderWay, _time) = (maxBatch, maxDelay, othersUnderWay, time);
        _alarm = new Alarm(time, Reconsider);
    }

    /// <summary>Adds a decoded frame.</summary>
    public void Add(FrameInFlight frame)
    {
        lock (_lock)
        {
            var group = _groups.Find(g => g.Width == frame.Width && g.Height == frame.Height && g.Tiles == frame.Line.Tiles && g.Frames.Count < _maxBatch && g.IsAlone == frame.IsSuspect);
            if (group is null || frame.IsSuspect)
            {
                group = new Group(frame.Width, frame.Height, frame.Line.Tiles, frame.IsSuspect, _time.GetTimestamp());
                _groups.Add(group);
            }

            group.Frames.Add(frame);
        }

        Reconsider();
    }

    /// <summary>Says that something has changed: a frame more, or fewer on their way.</summary>
    public void Reconsider()
    {
        TaskCompletionSource? changed;
        lock (_lock)
        {
            if (_groups.Count == 0)
            {
                return;
            }

            (changed, _changed) = (_changed, null);
        }

        changed?.SetResult();
    }

    /// <summary>The next batch; one caller at a time.</summary>
    public async ValueTask<IReadOnlyList<FrameInFlight>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (TakeReady(out var wait) is { } ready)
                {
                    return ready.Frames;
                }

                if (wait != Timeout.InfiniteTimeSpan)
                {
                    _alarm.Within(wait);
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _alarm.Dispose();

    private Group? TakeReady(out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        if (_groups.Count == 0)
        {
            return null;
        }

        // The oldest is first; a full one may overtake it, since it gains nothing by waiting.
        var oldest = _groups[0];
        var left = _maxDelay - _time.GetElapsedTime(oldest.Since);
        var ready = left <= TimeSpan.Zero || !_othersUnderWay() ? oldest : _groups.Find(g => g.IsAlone || g.Frames.Count >= _maxBatch);
        if (ready is null)
        {
            wait = left;
            return null;
        }

        _groups.Remove(ready);
        return ready;
    }

    private sealed class Group(int width, int height, TilePlan? tiles, bool isAlone, long since)
    {
        public int Width { get; } = width;
        public int Height { get; } = height;
        public TilePlan? Tiles { get; } = tiles;
        public bool IsAlone { get; } = isAlone;
        public long Since { get; } = since;
        public List<FrameInFlight> Frames { get; } = [];
    }
}
