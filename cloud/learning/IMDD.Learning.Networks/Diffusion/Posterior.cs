using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>A diagonal Gaussian of latents.</summary>
/// <param name="Mean">[B, C, h, w].</param>
/// <param name="LogVariance">[B, C, h, w], clamped so that neither it nor its inverse overflows.</param>
public sealed record Posterior(Tensor Mean, Tensor LogVariance)
{
    private const double SmallestLogVariance = -30;
    private const double LargestLogVariance = 20;

    /// <summary>A draw.</summary>
    /// <param name="noise">Standard normal, of the mean's shape.</param>
    public Tensor Sample(Tensor noise)
    {
        using var scope = NewDisposeScope();
        return (Mean + ((0.5 * LogVariance).exp() * noise)).MoveToOuterDisposeScope();
    }

    internal static Tensor Clamp(Tensor logVariance) => logVariance.clamp(SmallestLogVariance, LargestLogVariance);
}
