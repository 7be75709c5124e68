namespace IMDD.Learning.Networks.Training;

/// <summary>How a training step moves the weights (AdamW, Loshchilov and Hutter 2019).</summary>
/// <param name="LearningRate">Of the step.</param>
/// <param name="WeightDecay">Decoupled.</param>
/// <param name="MaxGradientNorm">Larger gradients are shortened to it.</param>
public sealed record StepOptions(double LearningRate = 1e-4, double WeightDecay = 1e-4, double MaxGradientNorm = 1)
{
    /// <summary>The mask generator's: Mask2Former's decay, and gradients that are kept short.</summary>
    public static StepOptions Masks { get; } = new(WeightDecay: 0.05, MaxGradientNorm: 0.01);
}
