namespace IMDD.Learning.Training.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Digest">Of the weights that were kept.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="BestStep">Step of the weights that were kept.</param>
/// <param name="Validation">Their measures; null where there was no picture to validate on.</param>
/// <param name="CpuSeconds">CPU time spent on steps, over all parts of an interrupted run.</param>
/// <param name="Curve">Every validation, in order.</param>
public sealed record TrainingOutcome(
    string Digest, long Step, long Steps, long BestStep, Validation? Validation, double CpuSeconds, IReadOnlyList<CurvePoint> Curve);
