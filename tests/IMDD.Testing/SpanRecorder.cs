using System.Collections.Concurrent;
using System.Diagnostics;

namespace IMDD.Testing;

/// <summary>Collects the finished spans of our own sources, of one trace or of all; other traces stay without a listener.</summary>
public sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _finished = new();
    private readonly ActivityListener _listener;

    /// <summary>Starts to collect.</summary>
    /// <param name="trace">The trace; null: every one.</param>
    public SpanRecorder(ActivityTraceId? trace = null)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("IMDD.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options)
                => trace is null || options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _finished.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Finished spans of this name, in the order of their end.</summary>
    public IReadOnlyList<Activity> Named(string name) => [.. _finished.Where(span => span.DisplayName == name)];

    /// <summary>The span of this name, when it has come.</summary>
    public async Task<Activity> OneAsync(string name)
    {
        await Eventually.HoldsAsync(() => Named(name).Count == 1);
        return Named(name)[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
