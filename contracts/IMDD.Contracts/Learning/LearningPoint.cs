namespace IMDD.Contracts.Learning;

/// <summary>Frames of the new kind that were taken in one span of time, of all lines.</summary>
/// <param name="AtSeconds">Middle of the span, since the lines started.</param>
/// <param name="Frames">How many.</param>
/// <param name="Detected">Failed with a region in the right place, whatever its name.</param>
/// <param name="Caught">Detected and rightly named.</param>
public sealed record LearningPoint(double AtSeconds, int Frames, int Detected, int Caught);
