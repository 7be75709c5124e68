namespace IMDD.Learning.Training.Runs;

/// <summary>A point of a run's learning curve.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Validation">How good the averaged weights were then.</param>
public sealed record CurvePoint(long Step, Validation Validation);
