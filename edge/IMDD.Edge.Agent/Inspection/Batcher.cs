using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Intake;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Gathers decoded frames of one group of cameras, of one size, cut in one way, into batches: none larger than a maximum, none waiting longer than a delay, and none at all when no
/// other frame is on its way.
/// </summary>
internal sealed class Batcher : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Batch> _batches = [];
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
            var batch = _batches.Find(b => b.Takes(frame) && b.Frames.Count < _maxBatch);
            if (batch is null || frame.IsSuspect)
            {
                batch = new Batch(frame, _time.GetTimestamp());
                _batches.Add(batch);
            }

            batch.Frames.Add(frame);
        }

        Reconsider();
    }

    /// <summary>Says that something has changed: a frame more, or fewer on their way.</summary>
    public void Reconsider()
    {
        TaskCompletionSource? changed;
        lock (_lock)
        {
            if (_batches.Count == 0)
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

    private Batch? TakeReady(out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        if (_batches.Count == 0)
        {
            return null;
        }

        // The oldest is first; a full one may overtake it, since it gains nothing by waiting.
        var oldest = _batches[0];
        var left = _maxDelay - _time.GetElapsedTime(oldest.Since);
        var ready = left <= TimeSpan.Zero || !_othersUnderWay() ? oldest : _batches.Find(b => b.IsAlone || b.Frames.Count >= _maxBatch);
        if (ready is null)
        {
            wait = left;
            return null;
        }

        _batches.Remove(ready);
        return ready;
    }

    private sealed class Batch(FrameInFlight first, long since)
    {
        private readonly CameraGroup _cameras = first.Line.Group;
        private readonly (int Width, int Height) _size = (first.Width, first.Height);
        private readonly TilePlan? _tiles = first.Line.Tiles;

        public bool IsAlone { get; } = first.IsSuspect;
        public long Since { get; } = since;
        public List<FrameInFlight> Frames { get; } = [];

        public bool Takes(FrameInFlight frame)
            => frame.Line.Group == _cameras && (frame.Width, frame.Height) == _size && frame.Line.Tiles == _tiles && frame.IsSuspect == IsAlone;
    }
}
