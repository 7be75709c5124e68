using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Intake;

/// <summary>Whether a camera is online, silent or faulty. Thread-safe.</summary>
internal sealed class CameraWatch(TimeSpan silentAfter, TimeProvider time)
{
    /// <summary>Frames in a row that cannot be used before the camera is called faulty.</summary>
    private const int FaultyAfter = 5;

    private readonly Lock _lock = new();
    private long _lastTimestamp = time.GetTimestamp();
    private DateTimeOffset? _lastFrame;
    private string? _lastFault;
    private int _unusable;

    /// <summary>A frame came.</summary>
    public void Received()
    {
        lock (_lock)
        {
            _lastTimestamp = time.GetTimestamp();
            _lastFrame = time.GetUtcNow();
        }
    }

    /// <summary>A frame's bytes or attributes could not be used, or (null) could.</summary>
    public void Usable(string? fault)
    {
        lock (_lock)
        {
            _unusable = fault is null ? 0 : _unusable + 1;
            _lastFault = fault;
        }
    }

    /// <summary>The state as of now.</summary>
    public CameraState State(string cameraId)
    {
        lock (_lock)
        {
            var silence = time.GetElapsedTime(_lastTimestamp);
            var (word, detail) = silence >= silentAfter
                ? (EdgeStateWord.Silent, $"no frame for {silentAfter}")
                : _unusable >= FaultyAfter
                    ? (EdgeStateWord.Faulty, _lastFault)
                    : (EdgeStateWord.Online, null);
            return new CameraState { CameraId = cameraId, State = word, LastFrameTime = _lastFrame, Detail = detail };
        }
    }
}
