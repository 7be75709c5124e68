using System.Diagnostics.Metrics;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator;

/// <summary>Metrics; names by the conventions of the contracts.</summary>
public sealed class AggregatorTelemetry : IDisposable
{
    public const string MeterName = "IMDD.Cloud.Aggregator";

    private readonly Meter _meter;
    private readonly Counter<long> _counted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLettered;
    private IReadOnlyDictionary<string, long> _conservationErrors = new Dictionary<string, long>(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, DriftWindow> _drift = new Dictionary<string, DriftWindow>(StringComparer.Ordinal);

    public AggregatorTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _counted = _meter.CreateCounter<long>("imdd.outcomes.aggregated", "{outcome}", "Distinct outcomes counted.");
        _duplicates = _meter.CreateCounter<long>("imdd.outcomes.duplicates", "{outcome}", "Outcome records counted before.");
        _deadLettered = _meter.CreateCounter<long>("imdd.records.dead_lettered", "{message}", "Records set aside.");
        _meter.CreateObservableGauge(
            "imdd.conservation.error",
            () => Volatile.Read(ref _conservationErrors).Select(line => new Measurement<long>(line.Value, new KeyValuePair<string, object?>("line", line.Key))),
            "{frame}",
            "Frames by which a line's cameras and Kafka disagree for longer than the grace time: overdue outcomes, and outcomes of frames never sent.");
        _meter.CreateObservableGauge("imdd.drift.psi", () => Drift(ofEmbeddings: false), "1", "Population stability index of a camera's latest window, by statistic.");
        _meter.CreateObservableGauge("imdd.drift.mmd", () => Drift(ofEmbeddings: true), "1", "Squared maximum mean discrepancy of a camera's latest embeddings.");
    }

    private IEnumerable<Measurement<double>> Drift(bool ofEmbeddings) =>
        from camera in Volatile.Read(ref _drift)
        from score in camera.Value.Scores
        where score.Statistic == StatisticName.Embedding == ofEmbeddings
        select new Measurement<double>(score.Effect, new("camera", camera.Key), new KeyValuePair<string, object?>("statistic", score.Statistic));

    public void BatchDone(int counted, int duplicates, int deadLettered)
    {
        _counted.Add(counted);
        _duplicates.Add(duplicates);
        _deadLettered.Add(deadLettered);
    }

    /// <summary>The latest compared window of each camera.</summary>
    public void SetDrift(IReadOnlyDictionary<string, DriftWindow> latest) => Volatile.Write(ref _drift, latest);

    /// <summary>The frames of each line that break the conservation law now.</summary>
    public void SetConservationErrors(IReadOnlyDictionary<string, long> errors) => Volatile.Write(ref _conservationErrors, errors);

    public void Dispose() => _meter.Dispose();
}
