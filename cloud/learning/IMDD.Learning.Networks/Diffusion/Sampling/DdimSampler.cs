using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>The implicit process (Song et al. 2021): with η = 0 the noise is only what the run began with.</summary>
public sealed class DdimSampler : ISampler
{
    private readonly DdimOptions _options;
    private readonly int _stride;

    /// <summary>A sampler of so many steps.</summary>
    public DdimSampler(NoiseSchedule schedule, int steps, DdimOptions? options = null)
    {
        _options = options ?? new DdimOptions();
        if (_options.Eta is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), _options.Eta, "η is from 0 to 1.");
        }

        Schedule = schedule;
        Timesteps = SamplerSteps.Leading(schedule, steps, _options.Offset);
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

    /// <inheritdoc/>
    public Tensor Step(int index, Tensor sample, Tensor epsilon, NoiseSource noise)
    {
        using var drawn = _options.Eta > 0 ? noise.DrawLike(sample) : null;
        return Step(index, sample, epsilon, drawn);
    }

    /// <summary>One step with noise that somebody else drew.</summary>
    /// <param name="index">Which of <see cref="Timesteps"/>.</param>
    /// <param name="sample">The latent there.</param>
    /// <param name="epsilon">The noise predicted in it.</param>
    /// <param name="drawn">Standard normal, the latent's shape; needed where η is not 0.</param>
    public Tensor Step(int index, Tensor sample, Tensor epsilon, Tensor? drawn)
    {
        using var scope = NewDisposeScope();
        var timestep = Timesteps[index];
        var alpha = Schedule.CumulativeAlphas[timestep];
        var before = timestep >= _stride ? Schedule.CumulativeAlphas[timestep - _stride] : _options.EndsClean ? 1 : Schedule.CumulativeAlphas[0];
        var clean = (sample - (Root(Round(1 - alpha)) * epsilon)) / Root(alpha);
        var deviation = Round(Round(_options.Eta) * Root(Schedule.Variance(alpha, before)));
        var direction = Root(Round(Math.Max(0, Round(1 - before) - Round(deviation * deviation))));
        var next = (Root(before) * clean) + (direction * epsilon);
        if (_options.Eta > 0)
        {
            next = next + (deviation * (drawn ?? throw new ArgumentNullException(nameof(drawn), $"η is {_options.Eta}, and a step then needs noise.")));
        }

        return next.MoveToOuterDisposeScope();
    }

    private double Root(double value) => Schedule.Root(value);

    private double Round(double value) => Schedule.Round(value);
}
