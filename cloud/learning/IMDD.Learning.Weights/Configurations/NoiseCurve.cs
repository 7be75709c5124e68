namespace IMDD.Learning.Weights.Configurations;

/// <summary>How the noise grows with the step.</summary>
public enum NoiseCurve
{
    /// <summary>β from start to end in equal steps (Ho et al. 2020); the paper's. What the latent-diffusion code calls "linear" is <see cref="ScaledLinear"/>.</summary>
    Linear,

    /// <summary>√β in equal steps; Stable Diffusion's.</summary>
    ScaledLinear,

    /// <summary>ᾱ a squared cosine (Nichol and Dhariwal 2021); start and end do not matter.</summary>
    Cosine,
}
