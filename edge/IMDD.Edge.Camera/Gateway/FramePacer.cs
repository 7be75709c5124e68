namespace IMDD.Edge.Camera.Gateway;

/// <summary>When a camera's frames are due: evenly spaced, the cameras of a gateway one after the other.</summary>
/// <param name="time">Clock.</param>
/// <param name="framesPerSecond">Of all cameras together.</param>
/// <param name="camera">Index of this one.</param>
/// <param name="cameras">How many there are.</param>
internal sealed class FramePacer(TimeProvider time, double framesPerSecond, int camera, int cameras)
{
    // A source that was blocked does not make up for it in a burst.
    private static readonly TimeSpan LargestLag = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval = TimeSpan.FromSeconds(cameras / framesPerSecond);
    private TimeSpan _due = TimeSpan.FromSeconds(camera / framesPerSecond);
    private long _start = time.GetTimestamp();

    /// <summary>Waits until the next frame is due.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var now = time.GetElapsedTime(_start);
        if (now - _due > LargestLag)
        {
            _start = time.GetTimestamp();
            (_due, now) = (TimeSpan.Zero, TimeSpan.Zero);
        }

        if (_due > now)
        {
            await Task.Delay(_due - now, time, cancellationToken);
        }

        _due += _interval;
    }
}
