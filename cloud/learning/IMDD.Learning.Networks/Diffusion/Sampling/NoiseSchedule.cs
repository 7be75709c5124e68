using IMDD.Learning.Weights.Configurations;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>The forward process: how much of a latent is left, and how much is noise, after each step.</summary>
public sealed class NoiseSchedule
{
    private const double CosineOffset = 0.008;
    private const double LargestCosineBeta = 0.999;

    private readonly double[] _betas;
    private readonly double[] _cumulative;

    /// <summary>The schedule of these options.</summary>
    /// <exception cref="ArgumentException">No steps, or β outside (0, 1) or falling.</exception>
    public NoiseSchedule(NoiseScheduleOptions options)
    {
        if (options.Steps < 2 || options.Curve != NoiseCurve.Cosine && !(options.Start > 0 && options.Start <= options.End && options.End < 1))
        {
            throw new ArgumentException($"{options}; expected at least 2 steps and 0 < start ≤ end < 1.", nameof(options));
        }

        Options = options;
        _betas = options.Curve switch
        {
            NoiseCurve.Linear => Line(options.Start, options.End),
            NoiseCurve.ScaledLinear => [.. Line(Math.Sqrt(options.Start), Math.Sqrt(options.End)).Select(root => Round(root * root))],
            _ => [.. Enumerable.Range(0, options.Steps).Select(step => Round(Math.Min(1 - (Cosine(step + 1) / Cosine(step)), LargestCosineBeta)))],
        };
        _cumulative = new double[options.Steps];
        var product = 1.0;
        for (var step = 0; step < options.Steps; step++)
        {
            product *= Round(1 - _betas[step]);
            _cumulative[step] = Round(product);
        }
    }

    /// <summary>What it is made of.</summary>
    public NoiseScheduleOptions Options { get; }

    /// <summary>Number of steps.</summary>
    public int Steps => _betas.Length;

    /// <summary>β per timestep.</summary>
    public IReadOnlyList<double> Betas => _betas;

    /// <summary>ᾱ per timestep: the product of 1 − β up to it.</summary>
    public IReadOnlyList<double> CumulativeAlphas => _cumulative;

    /// <summary>The posterior's variance β̃ (paper, eq. 20) on the way from a timestep's ᾱ to an earlier one's.</summary>
    public double Variance(double alpha, double earlierAlpha)
        => Round(Round(Round(1 - earlierAlpha) / Round(1 - alpha)) * Round(1 - Round(alpha / earlierAlpha)));

    /// <summary>A latent after as many steps as each timestep says: √ᾱ·x + √(1−ᾱ)·ε (paper, eq. 2).</summary>
    /// <param name="clean">[B, …].</param>
    /// <param name="noise">Standard normal, the same shape.</param>
    /// <param name="timesteps">One per row, or one for all.</param>
    public Tensor AddNoise(Tensor clean, Tensor noise, IReadOnlyList<int> timesteps)
    {
        using var scope = NewDisposeScope();
        var alphas = timesteps.Select(timestep => _cumulative[timestep]).ToArray();
        long[] shape = [alphas.Length, .. Enumerable.Repeat(1L, (int)clean.Dimensions - 1)];
        var signal = tensor(alphas.Select(Root).ToArray()).view(shape).to(clean.dtype, clean.device);
        var spread = tensor(alphas.Select(alpha => Root(Round(1 - alpha))).ToArray()).view(shape).to(clean.dtype, clean.device);
        return ((signal * clean) + (spread * noise)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A number in the tables' precision. Samplers round every coefficient on its way as the reference does: latents grow to a hundred where the first steps
    /// divide by almost nothing, and there the last bit shows.
    /// </summary>
    internal double Round(double value) => Options.Precision == TablePrecision.Single ? (float)value : value;

    /// <summary>The square root in the tables' precision.</summary>
    internal double Root(double value) => Round(Math.Sqrt(value));

    /// <summary>e to a power in the tables' precision.</summary>
    internal double Exp(double value) => Options.Precision == TablePrecision.Single ? SingleFunctions.Exp((float)value) : Math.Exp(value);

    /// <summary>The natural logarithm in the tables' precision.</summary>
    internal double Log(double value) => Options.Precision == TablePrecision.Single ? SingleFunctions.Log((float)value) : Math.Log(value);

    private double[] Line(double start, double end)
    {
        var stride = (end - start) / (Options.Steps - 1);
        return [.. Enumerable.Range(0, Options.Steps).Select(step => Options.Precision == TablePrecision.Single
            ? SingleLine((float)start, (float)end, (float)stride, step)
            : start + (step * stride))];
    }

    // Bit by bit what libtorch's linspace gives in 32 bits with vectors of eight, on every machine: from the nearer end, rounded at each vector's first
    // number and again within it. The last bits of 1,000 products show where the first steps of a run divide by what is left of the signal.
    private float SingleLine(float start, float end, float stride, int step)
    {
        const int Vector = 8;
        var whole = Options.Steps / Vector * Vector;
        var first = step < whole ? step / Vector * Vector : step;
        var at = first < Options.Steps / 2 ? MathF.FusedMultiplyAdd(first, stride, start) : MathF.FusedMultiplyAdd(first + 1 - Options.Steps, stride, end);
        return at + ((step - first) * stride);
    }

    private double Cosine(int step) => Math.Pow(Math.Cos(((double)step / Options.Steps + CosineOffset) / (1 + CosineOffset) * Math.PI / 2), 2);
}
