using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>
/// Latents from noise, from a latent, or into a region of one: a defect of a given kind into a given region of a normal picture. The same seed gives
/// the same latent. Nothing is tracked for gradients.
/// </summary>
/// <param name="sampler">The way from noise to latent.</param>
/// <param name="predict">The noise in a latent at a timestep, such as <see cref="Guidance.Predict"/>.</param>
public sealed class LatentGenerator(ISampler sampler, Func<Tensor, int, Tensor> predict)
{
    /// <summary>A latent from noise alone.</summary>
    /// <param name="shape">[B, C, h, w].</param>
    /// <param name="seed">Of all noise of the run.</param>
    /// <param name="device">Where; the CPU where null.</param>
    public Tensor FromNoise(ReadOnlySpan<long> shape, ulong seed, Device? device = null)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using NoiseSource noise = new(seed);
        return Run(0, noise.Draw(shape, device: device), noise, after: null).MoveToOuterDisposeScope();
    }

    /// <summary>A latent that resembles another: it is noised as far as the strength says, and denoised from there.</summary>
    /// <param name="latent">[B, C, h, w].</param>
    /// <param name="strength">Share of the steps that are taken, rounded down. 0: the latent itself; 1: noise alone decides, as in <see cref="FromNoise"/>.</param>
    /// <param name="seed">Of all noise of the run.</param>
    public Tensor FromLatent(Tensor latent, double strength, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using NoiseSource noise = new(seed);
        var first = FirstStep(strength);
        return Run(first, Start(latent, noise.DrawLike(latent), first), noise, after: null).MoveToOuterDisposeScope();
    }

    /// <summary>A latent that is another outside a region, and new inside: after every step the outside is put back at its noise level.</summary>
    /// <param name="latent">[B, C, h, w].</param>
    /// <param name="region">[B or 1, 1, h, w], 1 inside, 0 outside.</param>
    /// <param name="strength">As in <see cref="FromLatent"/>.</param>
    /// <param name="seed">Of all noise of the run.</param>
    public Tensor IntoRegion(Tensor latent, Tensor region, double strength, ulong seed)
    {
        if (region.Dimensions != 4 || region.shape[1] != 1 || region.shape[2] != latent.shape[2] || region.shape[3] != latent.shape[3])
        {
            throw new ArgumentException(
                $"A region of [{string.Join(", ", region.shape)}]; expected [B, 1, {latent.shape[2]}, {latent.shape[3]}], the latent's sides.", nameof(region));
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using NoiseSource noise = new(seed);
        var first = FirstStep(strength);
        var outsideNoise = noise.DrawLike(latent);
        var inside = region.to(latent.dtype, latent.device);
        return Run(first, Start(latent, outsideNoise, first), noise, KeepOutside).MoveToOuterDisposeScope();

        Tensor KeepOutside(int index, Tensor sample)
        {
            var outside = index + 1 < sampler.Timesteps.Count
                ? sampler.Schedule.AddNoise(latent, outsideNoise, [sampler.Timesteps[index + 1]])
                : latent;
            return (inside * sample) + ((1 - inside) * outside);
        }
    }

    // A run of all steps begins where generation does. The latent at the last timestep still has √ᾱ of itself, which shows: a hint of its brightness.
    private Tensor Start(Tensor latent, Tensor noise, int first)
        => first == 0 ? noise.alias()
            : first == sampler.Timesteps.Count ? latent.alias()
            : sampler.Schedule.AddNoise(latent, noise, [sampler.Timesteps[first]]);

    private int FirstStep(double strength) => strength is >= 0 and <= 1
        ? sampler.Timesteps.Count - (int)Math.Floor(strength * sampler.Timesteps.Count)
        : throw new ArgumentOutOfRangeException(nameof(strength), strength, "Expected 0 to 1.");

    private Tensor Run(int first, Tensor sample, NoiseSource noise, Func<int, Tensor, Tensor>? after)
    {
        sampler.Begin();
        for (var index = first; index < sampler.Timesteps.Count; index++)
        {
            using var scope = NewDisposeScope();
            var epsilon = predict(sample, sampler.Timesteps[index]);
            var next = sampler.Step(index, sample, epsilon, noise);
            var previous = sample;
            sample = (after is null ? next : after(index, next)).MoveToOuterDisposeScope();
            previous.Dispose();
        }

        return sample;
    }
}
