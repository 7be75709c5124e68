namespace IMDD.Learning.Training.Runs;

/// <summary>Where a run is.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps planned; 0 while the first ones are being timed.</param>
/// <param name="Loss">Smoothed.</param>
/// <param name="Left">Time left at the present speed; null where it cannot be told yet.</param>
/// <param name="Validation">Of this step, where there was one.</param>
public sealed record TrainingProgress(long Step, long Steps, double Loss, TimeSpan? Left, Validation? Validation);
