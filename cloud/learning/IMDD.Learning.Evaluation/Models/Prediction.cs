namespace IMDD.Learning.Evaluation.Models;

/// <summary>What a model says of one picture.</summary>
/// <param name="ImageScore">One score, higher is more anomalous.</param>
/// <param name="Scores">A score per pixel of the picture, row-major; null for a model that gives boxes only.</param>
/// <param name="Instances">Defects: those that decide, the surest first, then the others.</param>
/// <param name="Runtime">Time within the model.</param>
public sealed record Prediction(float ImageScore, float[]? Scores, IReadOnlyList<PredictedInstance> Instances, TimeSpan Runtime);
