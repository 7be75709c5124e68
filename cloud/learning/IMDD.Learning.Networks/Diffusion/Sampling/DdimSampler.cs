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
        using var scope = NewDisposeScope();
        var timestep = Timesteps[index];
        var alpha = Schedule.CumulativeAlphas[timestep];
        var before = timestep >= _stride ? Schedule.CumulativeAlphas[timestep - _stride] : _options.EndsClean ? 1 : Schedule.CumulativeAlphas[0];
        var variance = _options.Eta * _options.Eta * (1 - before) / (1 - alpha) * (1 - Schedule.Remaining(alpha, before));
        var clean = (sample - (Root(Schedule.Round(1 - alpha)) * epsilon)) / Root(alpha);
        var next = (Root(before) * clean) + (Root(Schedule.Round(Math.Max(0, 1 - before - variance))) * epsilon);
        return (variance > 0 ? next + (Math.Sqrt(variance) * noise.DrawLike(sample)) : next).MoveToOuterDisposeScope();
    }

    private double Root(double value) => Schedule.Round(Math.Sqrt(value));
}
