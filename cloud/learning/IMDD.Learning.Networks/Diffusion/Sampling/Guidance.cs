using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>Classifier-free guidance (Ho and Salimans 2022; paper, eq. 26): the prediction without a text, and from there so far towards that with it.</summary>
/// <param name="unet">The denoising network.</param>
/// <param name="context">Text states, [B, tokens, width].</param>
/// <param name="emptyContext">Those of the empty text, the same shape; only needed where the scale is not 1.</param>
/// <param name="scale">1: the prediction with the text alone, at half the cost.</param>
public sealed class Guidance(Unet unet, Tensor context, Tensor? emptyContext = null, double scale = 1)
{
    private readonly Tensor? _emptyContext = scale is 1 || emptyContext is not null
        ? emptyContext
        : throw new ArgumentException($"A scale of {scale} needs the states of the empty text.", nameof(emptyContext));

    /// <summary>The noise predicted in a latent.</summary>
    /// <param name="sample">[B, C, h, w].</param>
    /// <param name="timestep">From 0.</param>
    public Tensor Predict(Tensor sample, int timestep)
    {
        using var scope = NewDisposeScope();
        var time = tensor((long)timestep, device: sample.device);
        if (scale is 1)
        {
            return unet.Predict(sample, time, context).MoveToOuterDisposeScope();
        }

        var both = unet.Predict(cat([sample, sample], 0), time, cat([_emptyContext!, context], 0)).chunk(2);
        return (both[0] + (scale * (both[1] - both[0]))).MoveToOuterDisposeScope();
    }
}
