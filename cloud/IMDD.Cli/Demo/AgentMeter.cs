using System.Diagnostics.Metrics;

namespace IMDD.Cli.Demo;

/// <summary>Listens to the agent's metrics in this process: exact latencies, and what the agent itself has counted.</summary>
internal sealed class AgentMeter : IDisposable
{
    private const string Meter = "IMDD.Edge.Agent";
    private const string Latency = "imdd.frame.latency";
    private const string Published = "imdd.outcomes.published";
    private const string Confirmed = "imdd.outcomes.confirmed";
    private const int MaxLatencies = 2_000_000;

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<double> _latencies = [];
    private long _published;
    private long _confirmed;

    public AgentMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meter && instrument.Name is Latency or Published or Confirmed)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => AddLatency(value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (IsOutcome(tags))
            {
                Interlocked.Add(ref (instrument.Name == Published ? ref _published : ref _confirmed), value);
            }
        });
        _listener.Start();
    }

    public long OutcomesPublished => Interlocked.Read(ref _published);

    public long OutcomesConfirmed => Interlocked.Read(ref _confirmed);

    public DemoLatency? Quantiles()
    {
        lock (_gate)
        {
            return DemoLatency.Of(_latencies);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsOutcome(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "kind")
            {
                return value is "outcome";
            }
        }

        return false;
    }

    private void AddLatency(double seconds)
    {
        lock (_gate)
        {
            // A demo that runs for days keeps its first two million.
            if (_latencies.Count < MaxLatencies)
            {
                _latencies.Add(seconds);
            }
        }
    }
}
