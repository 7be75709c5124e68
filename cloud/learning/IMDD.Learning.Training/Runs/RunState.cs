namespace IMDD.Learning.Training.Runs;

/// <summary>Where a run stands, beside its tensors.</summary>
/// <param name="Options">Digest of options and data: a checkpoint of another run is refused.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="BestScore">Of the best validation so far; null before the first, and where it says nothing.</param>
/// <param name="BestStep">When it was.</param>
/// <param name="Worse">Validations since.</param>
/// <param name="CpuSeconds">CPU time spent on steps.</param>
/// <param name="Curve">Validations so far; null before the first, and in checkpoints of earlier versions.</param>
public sealed record RunState(
    string Options, long Step, long Steps, double? BestScore, long BestStep, int Worse, double CpuSeconds, IReadOnlyList<CurvePoint>? Curve = null);
