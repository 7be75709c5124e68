namespace IMDD.Learning.Weights.Inspection;

/// <summary>Bytes that parameters take, without what a run computes in between: that depends on the image's size and on the batch, and is measured.</summary>
/// <param name="InferenceSingle">To run in 32 bits.</param>
/// <param name="InferenceHalf">To run in 16 bits.</param>
/// <param name="TrainingSingle">To train in 32 bits: weights, gradients and AdamW's two moments.</param>
/// <param name="TrainingMixed">To train in 16 bits with masters of 32: weights and gradients in both, and the moments.</param>
public sealed record ModelMemory(long InferenceSingle, long InferenceHalf, long TrainingSingle, long TrainingMixed)
{
    /// <summary>Of so many parameters.</summary>
    public static ModelMemory Of(long parameters) => new(4 * parameters, 2 * parameters, 16 * parameters, 20 * parameters);
}
