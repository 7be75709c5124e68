namespace IMDD.Learning.Networks.Training;

/// <summary>How a training step moves the weights (AdamW, Loshchilov and Hutter 2019).</summary>
/// <param name="LearningRate">Of the step.</param>
/// <param name="WeightDecay">Decoupled.</param>
/// <param name="MaxGradientNorm">Larger gradients are shortened to it.</param>
public sealed record StepOptions(double LearningRate = 1e-4, double WeightDecay = 1e-4, double MaxGradientNorm = 1)
{
    /// <summary>The mask generator's: Mask2Former's decay, of neither norms nor embeddings, and gradients that are kept short.</summary>
    public static StepOptions Masks { get; } = new(WeightDecay: 0.05, MaxGradientNorm: 0.01) { SparesNorms = true };

    /// <summary>Whether weights of norms and of tables of embeddings do not decay.</summary>
    public bool SparesNorms { get; init; }

    /// <summary>Losses, each of a batch of its own, whose mean a step is taken by.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>How much of the running mean of the weights stays at each step, below 1; null: none is kept.</summary>
    public double? AverageDecay { get; init; }
}
