namespace IMDD.Dapr.State;

/// <summary>A value and its version.</summary>
/// <param name="Value">The value.</param>
/// <param name="ETag">Its version, of no meaning but to be given back.</param>
public sealed record StateEntry<T>(T Value, string ETag);
