using System.Diagnostics.Metrics;

namespace IMDD.Cloud.Aggregator;

/// <summary>Metrics; names by the conventions of the contracts.</summary>
public sealed class AggregatorTelemetry : IDisposable
{
    public const string MeterName = "IMDD.Cloud.Aggregator";

    private readonly Meter _meter;
    private readonly Counter<long> _consumed;
    private readonly Counter<long> _counted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _published;
    private readonly Histogram<double> _batch;
    private long _conservationError;

    public AggregatorTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _consumed = _meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Records taken from Kafka.");
        _counted = _meter.CreateCounter<long>("imdd.outcomes.aggregated", "{outcome}", "Distinct outcomes counted.");
        _duplicates = _meter.CreateCounter<long>("imdd.outcomes.duplicates", "{outcome}", "Outcome records counted before.");
        _deadLettered = _meter.CreateCounter<long>("imdd.records.dead_lettered", "{message}", "Records set aside.");
        _published = _meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Events published from the outbox.");
        _batch = _meter.CreateHistogram<double>("messaging.process.duration", "s", "Time of one transaction.");
        _meter.CreateObservableGauge(
            "imdd.conservation.error", () => Interlocked.Read(ref _conservationError), "{frame}", "Frames whose receipt a camera has and that are overdue on Kafka.");
    }

    public void BatchDone(int records, int counted, int duplicates, int deadLettered, TimeSpan duration)
    {
        _consumed.Add(records);
        _counted.Add(counted);
        _duplicates.Add(duplicates);
        _deadLettered.Add(deadLettered);
        _batch.Record(duration.TotalSeconds);
    }

    public void Published(int count) => _published.Add(count);

    public void SetConservationError(long frames) => Interlocked.Exchange(ref _conservationError, frames);

    public void Dispose() => _meter.Dispose();
}
