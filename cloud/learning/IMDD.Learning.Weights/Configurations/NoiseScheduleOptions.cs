namespace IMDD.Learning.Weights.Configurations;

/// <summary>What a noise schedule is made of; it belongs to the weights that were trained with it and is stored with them.</summary>
/// <param name="Curve">Its form.</param>
/// <param name="Start">First β.</param>
/// <param name="End">Last β.</param>
/// <param name="Steps">Number of steps; timesteps count from 0.</param>
/// <param name="Precision">How exactly the tables are kept.</param>
public sealed record NoiseScheduleOptions(NoiseCurve Curve, double Start, double End, int Steps = 1000, TablePrecision Precision = TablePrecision.Single)
{
    /// <summary>The paper's, for weights trained from scratch.</summary>
    public static NoiseScheduleOptions Paper { get; } = new(NoiseCurve.Linear, 1e-4, 0.02);

    /// <summary>Stable Diffusion 1's, for its weights.</summary>
    public static NoiseScheduleOptions StableDiffusion { get; } = new(NoiseCurve.ScaledLinear, 0.00085, 0.012);
}
