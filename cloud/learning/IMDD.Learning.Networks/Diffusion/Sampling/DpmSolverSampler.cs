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
        var (alpha, sigma) = Level(Timesteps[index]);
        var (nextAlpha, nextSigma) = !isLast ? Level(Timesteps[index + 1]) : _end == DpmSolverEnd.Clean ? (1, 0) : Level(0);
        var clean = (sample - (sigma * epsilon)) / alpha;
        var lambda = Math.Log(alpha / sigma);

        // exp(−h) − 1 with h the step in log signal-to-noise; towards no noise h is infinite and the exponential nothing.
        var decay = (nextSigma * alpha / (nextAlpha * sigma)) - 1;
        var first = ((nextSigma / sigma) * sample) - (nextAlpha * decay * clean);
        var isFirstOrder = _previousClean is null || isLast && (_end == DpmSolverEnd.Clean || Timesteps.Count < StableSteps);
        if (!isFirstOrder)
        {
            var (previousAlpha, previousSigma) = Level(Timesteps[index - 1]);
            var ratio = (lambda - Math.Log(previousAlpha / previousSigma)) / (Math.Log(nextAlpha / nextSigma) - lambda);
            first = first - (0.5 * nextAlpha * decay / ratio * (clean - _previousClean!));
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

    private (double Alpha, double Sigma) Level(int timestep)
        => (Math.Sqrt(Schedule.CumulativeAlphas[timestep]), Math.Sqrt(1 - Schedule.CumulativeAlphas[timestep]));
}
