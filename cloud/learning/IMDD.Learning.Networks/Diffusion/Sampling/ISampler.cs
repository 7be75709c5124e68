using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>A way from noise to a latent in few steps; one instance serves one run at a time.</summary>
public interface ISampler
{
    /// <summary>The timesteps at which the noise is predicted, from the noisiest on.</summary>
    IReadOnlyList<int> Timesteps { get; }

    /// <summary>The schedule it was made for.</summary>
    NoiseSchedule Schedule { get; }

    /// <summary>Forgets earlier steps: a run begins.</summary>
    void Begin();

    /// <summary>One step.</summary>
    /// <param name="index">Which of <see cref="Timesteps"/>.</param>
    /// <param name="sample">The latent there.</param>
    /// <param name="epsilon">The noise predicted in it.</param>
    /// <param name="noise">For samplers that add noise of their own.</param>
    /// <returns>The latent at the next timestep.</returns>
    Tensor Step(int index, Tensor sample, Tensor epsilon, NoiseSource noise);
}
