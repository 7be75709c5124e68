namespace IMDD.Dapr.Notices;

/// <summary>Waits, for less time where a notice comes.</summary>
public sealed class NoticeBell : IDisposable
{
    private readonly TimeProvider _time;
    private readonly IDisposable _listening;
    private TaskCompletionSource _rung = New();

    /// <summary>Listens from now on: what rings before somebody waits is not missed.</summary>
    public NoticeBell(INotices notices, string topic, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(notices);
        _time = time;
        _listening = notices.Listen(topic, () => Volatile.Read(ref _rung).TrySetResult());
    }

    /// <summary>Returns when a notice has come since the last return, when the time is up, or when it is cancelled, without throwing then.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var rung = _rung.Task;
        await Task.WhenAny(rung, Task.Delay(atMost, _time, end.Token));
        await end.CancelAsync();
        if (rung.IsCompleted)
        {
            // Before the caller looks: what rings from now on makes it look once more.
            Volatile.Write(ref _rung, New());
        }
    }

    public void Dispose() => _listening.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
