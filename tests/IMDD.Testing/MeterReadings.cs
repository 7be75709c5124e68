using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace IMDD.Testing;

/// <summary>Collects what the instruments of one meter measure.</summary>
public sealed class MeterReadings : IDisposable
{
    private readonly ConcurrentQueue<MeterReading> _readings = new();
    private readonly MeterListener _listener = new();

    /// <summary>Starts to collect.</summary>
    /// <param name="meter">Name of the meter.</param>
    /// <param name="scope">The factory that made it, where several of the name may live; null: any.</param>
    public MeterReadings(string meter, IMeterFactory? scope = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter && (scope is null || instrument.Meter.Scope == scope))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, and the gauges now.</summary>
    public IReadOnlyList<MeterReading> Read(string instrument)
    {
        _listener.RecordObservableInstruments();
        return [.. _readings.Where(r => r.Instrument == instrument)];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => _readings.Enqueue(new MeterReading(instrument.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value?.ToString(), StringComparer.Ordinal)));
}
