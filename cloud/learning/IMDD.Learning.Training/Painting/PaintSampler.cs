namespace IMDD.Learning.Training.Painting;

/// <summary>The way from noise to a picture.</summary>
public enum PaintSampler
{
    /// <summary>DPM-Solver++ of second order: 20 steps are many.</summary>
    Dpm,

    /// <summary>The implicit process without noise of its own.</summary>
    Ddim,

    /// <summary>The posterior, with noise at every step.</summary>
    Ddpm,
}
