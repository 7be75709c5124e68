namespace IMDD.Edge.Camera.Spool;

/// <summary>The spool's limits, shared by the cameras of a gateway.</summary>
internal sealed class SpoolBudget(int maxFrames, long maxBytes)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Frames in the spool.</summary>
    public int Frames { get; private set; }

    /// <summary>Their pictures' bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts what a restart found, limits or not: nothing that was accepted is given up.</summary>
    public void TakeFound(int bytes)
    {
        lock (_lock)
        {
            Frames++;
            Bytes += bytes;
        }
    }

    /// <summary>Takes room for a frame if there is any.</summary>
    public bool TryTake(int bytes)
    {
        lock (_lock)
        {
            if (Frames >= maxFrames || Bytes + bytes > maxBytes)
            {
                return false;
            }

            Frames++;
            Bytes += bytes;
            return true;
        }
    }

    /// <summary>Waits for room and takes it.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                room = _room.Task;
            }

            if (TryTake(bytes))
            {
                return;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Gives a frame's room back.</summary>
    public void Return(int bytes)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            Frames--;
            Bytes -= bytes;
            waiting = _room;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
    }
}
