namespace IMDD.Testing;

/// <summary>One measurement.</summary>
/// <param name="Instrument">Name.</param>
/// <param name="Value">Value.</param>
/// <param name="Tags">Attributes as text.</param>
public sealed record MeterReading(string Instrument, double Value, IReadOnlyDictionary<string, string?> Tags);
