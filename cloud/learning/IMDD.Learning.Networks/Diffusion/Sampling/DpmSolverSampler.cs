using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>DPM-Solver++ of second order with two steps, midpoint form (Lu et al. 2022, algorithm 2): 20 steps where DDIM needs 50.</summary>
public sealed class DpmSolverSampler : ISampler, IDisposable
{
    // Fewer steps are too long for a second-order last one (the reference's rule).
    private const int StableSteps = 15;

    private readonly DpmSolverEnd _end;
    private Tensor? _previousClean;

    /// <summary>A sampler of so many steps.</summary>
    public DpmSolverSampler(NoiseSchedule schedule, int steps, DpmSolverEnd end = DpmSolverEnd.Clean)
    {
        _end = end;
        Schedule = schedule;
        Timesteps = SamplerSteps.FromTheEnd(schedule, steps);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Timesteps { get; }

    /// <inheritdoc/>
    public NoiseSchedule Schedule { get; }

    /// <inheritdoc/>
    public void Begin() => Remember(null);

    /// <inheritdoc/>
    public Tensor Step(int index, Tensor sample, Tensor epsilon, NoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var isLast = index == Timesteps.Count - 1;
        var (alpha, sigma, lambda) = Level(Timesteps[index]);
        var (nextAlpha, nextSigma, nextLambda) = !isLast ? Level(Timesteps[index + 1]) : _end == DpmSolverEnd.Clean ? (1, 0, double.PositiveInfinity) : Level(0);
        var clean = (sample - (sigma * epsilon)) / alpha;

        // The step in log signal-to-noise; towards no noise it is infinite and the exponential nothing.
        var step = Round(nextLambda - lambda);
        var decay = Round(nextAlpha * Round(Schedule.Exp(-step) - 1));
        var first = (Round(nextSigma / sigma) * sample) - (decay * clean);
        var isFirstOrder = _previousClean is null || isLast && (_end == DpmSolverEnd.Clean || Timesteps.Count < StableSteps);
        if (!isFirstOrder)
        {
            var ratio = Round(Round(lambda - Level(Timesteps[index - 1]).Lambda) / step);
            first = first - (0.5 * decay * (Round(1 / ratio) * (clean - _previousClean!)));
        }

        Remember(clean);
        return first.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Remember(null);

    private void Remember(Tensor? clean)
    {
        _previousClean?.Dispose();

        // Outlives the step's scope and every other: it is needed in the next step.
        _previousClean = clean?.DetachFromDisposeScope();
    }

    // As the reference came to them: from ᾱ, and since it knows the clean end from the ratio of noise to signal.
    private (double Alpha, double Sigma, double Lambda) Level(int timestep)
    {
        var cumulative = Schedule.CumulativeAlphas[timestep];
        var (alpha, sigma) = (Schedule.Root(cumulative), Schedule.Root(Round(1 - cumulative)));
        if (_end == DpmSolverEnd.Clean)
        {
            var ratio = Schedule.Root(Round(Round(1 - cumulative) / cumulative));
            alpha = Round(1 / Schedule.Root(Round(Round(ratio * ratio) + 1)));
            sigma = Round(ratio * alpha);
        }

        return (alpha, sigma, Round(Schedule.Log(alpha) - Schedule.Log(sigma)));
    }

    private double Round(double value) => Schedule.Round(value);
}
