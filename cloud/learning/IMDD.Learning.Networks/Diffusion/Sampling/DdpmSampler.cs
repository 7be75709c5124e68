using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>
/// The posterior of the forward process (Ho et al. 2020; paper, eq. 19–21): mean from the predicted noise, variance β̃. Latents are not clipped.
/// </summary>
public sealed class DdpmSampler : ISampler
{
    private readonly int _stride;

    /// <summary>A sampler of so many steps.</summary>
    public DdpmSampler(NoiseSchedule schedule, int steps)
    {
        Schedule = schedule;
        Timesteps = SamplerSteps.Leading(schedule, steps, offset: 0);
        _stride = schedule.Steps / steps;
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Timesteps { get; }

    /// <inheritdoc/>
    public NoiseSchedule Schedule { get; }

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <summary>The posterior's mean at a timestep.</summary>
    /// <param name="timestep">From 0.</param>
    /// <param name="sample">The latent there.</param>
    /// <param name="epsilon">The noise predicted in it.</param>
    public Tensor Mean(int timestep, Tensor sample, Tensor epsilon)
    {
        using var scope = NewDisposeScope();
        var (alpha, before) = Alphas(timestep);
        var (spread, remaining) = (Round(1 - alpha), Round(alpha / before));
        var clean = (sample - (Root(spread) * epsilon)) / Root(alpha);
        var ofClean = Round(Round(Root(before) * Round(1 - remaining)) / spread);
        var ofSample = Round(Round(Root(remaining) * Round(1 - before)) / spread);
        return ((ofClean * clean) + (ofSample * sample)).MoveToOuterDisposeScope();
    }

    /// <summary>The posterior's variance β̃ at a timestep; none at the last step.</summary>
    public double Variance(int timestep)
    {
        var (alpha, before) = Alphas(timestep);
        return Schedule.Variance(alpha, before);
    }

    /// <inheritdoc/>
    public Tensor Step(int index, Tensor sample, Tensor epsilon, NoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var timestep = Timesteps[index];
        var mean = Mean(timestep, sample, epsilon);
        var variance = Variance(timestep);
        return (variance > 0 ? mean + (Root(variance) * noise.DrawLike(sample)) : mean).MoveToOuterDisposeScope();
    }

    private (double Alpha, double Before) Alphas(int timestep)
        => (Schedule.CumulativeAlphas[timestep], timestep >= _stride ? Schedule.CumulativeAlphas[timestep - _stride] : 1);

    private double Root(double value) => Schedule.Root(value);

    private double Round(double value) => Schedule.Round(value);
}
