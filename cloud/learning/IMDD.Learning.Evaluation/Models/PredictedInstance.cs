using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>One defect that a model found.</summary>
/// <param name="Class">The model's word for it.</param>
/// <param name="Score">Higher is surer.</param>
/// <param name="Box">Pixels of the picture.</param>
/// <param name="Mask">Its pixels; null for a model that gives boxes only.</param>
/// <param name="IsDecisive">True when it reaches the model's threshold; those below only count for average precision, which ranks them.</param>
public sealed record PredictedInstance(string Class, double Score, Box Box, InstanceMask? Mask, bool IsDecisive = true);
