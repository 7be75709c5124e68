namespace IMDD.Contracts.Events;

/// <summary>A name and its score, 0 to 1.</summary>
public sealed record ClassScore(string Class, double Score);
