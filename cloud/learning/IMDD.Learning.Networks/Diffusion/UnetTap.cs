namespace IMDD.Learning.Networks.Diffusion;

/// <summary>A point of the denoising network whose value is wanted.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Block">Its number in the order of computation, where the stage has several.</param>
public readonly record struct UnetTap(UnetStage Stage, int Block = 0)
{
    /// <summary>The prediction.</summary>
    public static UnetTap Prediction => new(UnetStage.Prediction);
}
