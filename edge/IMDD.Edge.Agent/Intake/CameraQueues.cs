namespace IMDD.Edge.Agent.Intake;

/// <summary>
/// The frames that wait for a decoder: bounded for each camera, taken from the cameras in turn, so that a fast camera cannot starve a slow
/// one. The only place that refuses.
/// </summary>
internal sealed class CameraQueues(int capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<CameraLine> _ready = [];
    private readonly SemaphoreSlim _items = new(0);
    private int _count;

    /// <summary>Frames that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Enters a frame by its camera's policy; the frame skipped for it (possibly itself), or null.</summary>
    public async ValueTask<FrameInFlight?> EnqueueAsync(FrameInFlight frame, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task placeFree;
            lock (_lock)
            {
                var line = frame.Line;
                if (line.Waiting.Count < capacity)
                {
                    Add(frame);
                    return null;
                }

                switch (line.Policy)
                {
                    case OverloadPolicy.SkipNewest:
                        return frame;
                    case OverloadPolicy.SkipOldest:
                        var oldest = line.Waiting.First!.Value;
                        line.Waiting.RemoveFirst();
                        line.Waiting.AddLast(frame);
                        return oldest;
                    default:
                        line.PlaceFree ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        placeFree = line.PlaceFree.Task;
                        break;
                }
            }

            await placeFree.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next frame, of the camera whose turn it is.</summary>
    public async ValueTask<FrameInFlight> TakeAsync(CancellationToken cancellationToken)
    {
        await _items.WaitAsync(cancellationToken);
        TaskCompletionSource? placeFree;
        FrameInFlight frame;
        lock (_lock)
        {
            var line = _ready.First!.Value;
            _ready.RemoveFirst();
            frame = line.Waiting.First!.Value;
            line.Waiting.RemoveFirst();
            if (line.Waiting.Count > 0)
            {
                _ready.AddLast(line);
            }

            _count--;
            placeFree = line.PlaceFree;
            line.PlaceFree = null;
        }

        placeFree?.SetResult();
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose() => _items.Dispose();

    private void Add(FrameInFlight frame)
    {
        frame.Line.Waiting.AddLast(frame);
        if (frame.Line.Waiting.Count == 1)
        {
            _ready.AddLast(frame.Line);
        }

        _count++;
        _items.Release();
    }
}
