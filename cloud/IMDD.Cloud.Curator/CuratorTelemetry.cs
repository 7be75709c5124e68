using System.Diagnostics.Metrics;

namespace IMDD.Cloud.Curator;

/// <summary>Metrics; names by the conventions of the contracts.</summary>
public sealed class CuratorTelemetry : IDisposable
{
    public const string MeterName = "IMDD.Cloud.Curator";

    private readonly Meter _meter;
    private readonly Counter<long> _offered;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _labels;

    public CuratorTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _offered = _meter.CreateCounter<long>("imdd.review.offered", "{frame}", "Frames put into the review queue.");
        _deadLettered = _meter.CreateCounter<long>("imdd.records.dead_lettered", "{message}", "Records set aside.");
        _labels = _meter.CreateCounter<long>("imdd.review.labels", "{label}", "Words of people on frames, by judgement.");
    }

    public void BatchDone(int offered, int deadLettered)
    {
        _offered.Add(offered);
        _deadLettered.Add(deadLettered);
    }

    public void Labelled(string judgement) => _labels.Add(1, new KeyValuePair<string, object?>("judgement", judgement));

    public void Dispose() => _meter.Dispose();
}
