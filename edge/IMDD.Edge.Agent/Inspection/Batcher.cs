using IMDD.Edge.Agent.Intake;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// Gathers decoded frames of one size into batches: at most <paramref name="maxBatch"/> frames, none waiting longer than
/// <paramref name="maxDelay"/>, and none at all when no other frame is on its way.
/// </summary>
/// <param name="maxBatch">Most frames of a batch.</param>
/// <param name="maxDelay">Longest wait of the first frame of a batch.</param>
/// <param name="othersUnderWay">Whether more frames are about to come.</param>
/// <param name="time">Clock.</param>
internal sealed class Batcher(int maxBatch, TimeSpan maxDelay, Func<bool> othersUnderWay, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Group> _groups = [];
    private TaskCompletionSource _added = New();

    /// <summary>Adds a decoded frame.</summary>
    public void Add(FrameInFlight frame)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            var group = _groups.Find(g => g.Width == frame.Width && g.Height == frame.Height && g.Frames.Count < maxBatch && g.IsAlone == frame.IsSuspect);
            if (group is null || frame.IsSuspect)
            {
                group = new Group(frame.Width, frame.Height, frame.IsSuspect, time.GetTimestamp());
                _groups.Add(group);
            }

            group.Frames.Add(frame);
            added = _added;
            _added = New();
        }

        added.SetResult();
    }

    /// <summary>Says that fewer frames are on their way than before.</summary>
    public void Reconsider()
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            if (_groups.Count == 0)
            {
                return;
            }

            added = _added;
            _added = New();
        }

        added.SetResult();
    }

    /// <summary>The next batch.</summary>
    public async Task<IReadOnlyList<FrameInFlight>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            TimeSpan wait;
            lock (_lock)
            {
                if (TakeReady(out wait) is { } ready)
                {
                    return ready.Frames;
                }

                added = _added.Task;
            }

            if (wait == Timeout.InfiniteTimeSpan)
            {
                await added.WaitAsync(cancellationToken);
            }
            else
            {
                await Task.WhenAny(added, Task.Delay(wait, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private Group? TakeReady(out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        if (_groups.Count == 0)
        {
            return null;
        }

        // The oldest is first; a full one may overtake it, since it gains nothing by waiting.
        var oldest = _groups[0];
        var left = maxDelay - time.GetElapsedTime(oldest.Since);
        var ready = left <= TimeSpan.Zero || !othersUnderWay() ? oldest : _groups.Find(g => g.IsAlone || g.Frames.Count >= maxBatch);
        if (ready is null)
        {
            wait = left;
            return null;
        }

        _groups.Remove(ready);
        return ready;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Group(int width, int height, bool isAlone, long since)
    {
        public int Width { get; } = width;
        public int Height { get; } = height;
        public bool IsAlone { get; } = isAlone;
        public long Since { get; } = since;
        public List<FrameInFlight> Frames { get; } = [];
    }
}
