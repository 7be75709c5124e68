namespace IMDD.Learning.Evaluation.Gates;

/// <summary>How well a class is found and named that the champion does not know.</summary>
/// <param name="Class">Stable id.</param>
/// <param name="Pictures">Pictures of the gate set that show it.</param>
/// <param name="Before">Share in which the champion does, 0 to 1.</param>
/// <param name="After">Share in which the challenger does.</param>
public sealed record NewClassRecall(string Class, int Pictures, double Before, double After);
