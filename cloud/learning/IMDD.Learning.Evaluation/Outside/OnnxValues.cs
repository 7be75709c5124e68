namespace IMDD.Learning.Evaluation.Outside;

/// <summary>An output of a run.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Row-major.</param>
internal sealed record OnnxValues(int[] Shape, float[] Values);
