namespace IMDD.Learning.Networks.Diffusion;

/// <summary>Stages of the denoising network, in the order in which they are computed.</summary>
public enum UnetStage
{
    /// <summary>The sinusoids of the timestep, [B, C₀], before their perceptron.</summary>
    TimeProjection,

    /// <summary>Output of a level on the way down, after the change of size.</summary>
    Down,

    /// <summary>Output of the middle.</summary>
    Middle,

    /// <summary>Output of a level on the way up before the change of size: the features of the mask generator.</summary>
    UpFeatures,

    /// <summary>Output of a level on the way up, after the change of size.</summary>
    Up,

    /// <summary>The prediction, [B, out, H, W].</summary>
    Prediction,
}
