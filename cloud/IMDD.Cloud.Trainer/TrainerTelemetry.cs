using System.Diagnostics.Metrics;

namespace IMDD.Cloud.Trainer;

/// <summary>Metrics; names by the conventions of the contracts.</summary>
public sealed class TrainerTelemetry : IDisposable
{
    public const string MeterName = "IMDD.Cloud.Trainer";

    private readonly Meter _meter;
    private readonly Counter<long> _labels;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _runs;

    public TrainerTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _labels = _meter.CreateCounter<long>("imdd.training.labels", "{label}", "Consensus records taken in.");
        _deadLettered = _meter.CreateCounter<long>("imdd.records.dead_lettered", "{message}", "Records set aside.");
        _runs = _meter.CreateCounter<long>("imdd.training.runs", "{run}", "Runs that ended, by state.");
    }

    public void BatchDone(int taken, int deadLettered)
    {
        _labels.Add(taken);
        _deadLettered.Add(deadLettered);
    }

    public void Ended(string state) => _runs.Add(1, new KeyValuePair<string, object?>("state", state));

    public void Dispose() => _meter.Dispose();
}
