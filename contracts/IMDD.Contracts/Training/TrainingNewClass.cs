namespace IMDD.Contracts.Training;

/// <summary>How well a class is found and named that the champion did not know.</summary>
/// <param name="Class">Stable id.</param>
/// <param name="Pictures">Pictures of the gate set that show it.</param>
/// <param name="Before">Share in which the champion does, 0 to 1.</param>
/// <param name="After">Share in which the challenger does.</param>
public sealed record TrainingNewClass(string Class, int Pictures, double Before, double After);
