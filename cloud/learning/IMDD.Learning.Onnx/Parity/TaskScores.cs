namespace IMDD.Learning.Onnx.Parity;

/// <summary>What a model is worth at its task, each from 0 to 1; null where the task has no such measure.</summary>
/// <param name="Aupro">Area under the per-region overlap curve (Bergmann et al. 2019).</param>
/// <param name="Iou">Intersection over union at the model's threshold.</param>
public sealed record TaskScores(double? Aupro, double? Iou);
