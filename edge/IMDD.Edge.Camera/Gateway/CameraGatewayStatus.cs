using IMDD.Messaging.Mqtt;

namespace IMDD.Edge.Camera.Gateway;

/// <summary>How a gateway stands; for whoever runs one within a process of his own.</summary>
public sealed class CameraGatewayStatus : IDisposable
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _captureEnded = new();
    private volatile Func<IReadOnlyList<CameraCounts>>? _read;
    private volatile IMqttSession? _session;

    /// <summary>Per camera; empty until the gateway runs.</summary>
    public IReadOnlyList<CameraCounts> Cameras => _read?.Invoke() ?? [];

    /// <summary>Frames this run accepted for delivery.</summary>
    public long Sent => Cameras.Sum(c => c.SentByThisRun);

    /// <summary>Frames that wait for their outcome.</summary>
    public long Pending => Cameras.Sum(c => c.Pending);

    /// <summary>Completes when capturing has ended, after all frames of a limited run or by <see cref="EndCapture"/>, and every outcome is back.</summary>
    public Task Finished => _finished.Task;

    /// <summary>True while the broker is connected.</summary>
    public bool IsConnected => _session?.IsConnected == true;

    internal CancellationToken CaptureEnded => _captureEnded.Token;

    /// <summary>Takes no more frames from the sources; those that were taken are seen through.</summary>
    public void EndCapture() => _captureEnded.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _captureEnded.Dispose();

    internal void Attach(IMqttSession session, Func<IReadOnlyList<CameraCounts>> read) => (_session, _read) = (session, read);

    internal void SetFinished() => _finished.TrySetResult();
}
