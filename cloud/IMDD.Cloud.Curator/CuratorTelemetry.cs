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
    private readonly Counter<long> _blind;

    public CuratorTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _offered = _meter.CreateCounter<long>("imdd.review.offered", "{frame}", "Frames put into the review queue.");
        _deadLettered = _meter.CreateCounter<long>("imdd.records.dead_lettered", "{message}", "Records set aside.");
        _labels = _meter.CreateCounter<long>("imdd.review.labels", "{label}", "Words of people on frames, by judgement.");
        _blind = _meter.CreateCounter<long>(
            "imdd.review.blind_looks", "{label}", "Words given blind, by what they are compared with, another person's label or the model's pass, and whether they flip its verdict.");
    }

    public void BatchDone(int offered, int deadLettered)
    {
        _offered.Add(offered);
        _deadLettered.Add(deadLettered);
    }

    public void Labelled(string judgement) => _labels.Add(1, new KeyValuePair<string, object?>("judgement", judgement));

    public void LookedBlind(bool ofLabel, bool flipped) => _blind.Add(
        1, new KeyValuePair<string, object?>("of", ofLabel ? "label" : "outcome"), new KeyValuePair<string, object?>("flipped", flipped));

    public void Dispose() => _meter.Dispose();
}
