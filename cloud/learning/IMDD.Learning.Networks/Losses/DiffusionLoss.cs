using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>Losses of the first stage: the denoising network's and the implicit captioner's, scalars.</summary>
public static class DiffusionLoss
{
    /// <summary>Mean squared error of the predicted noise (Ho et al. 2020, eq. 14), summed in 32 bits.</summary>
    /// <param name="predicted">[B, C, h, w].</param>
    /// <param name="noise">What was added, the same shape.</param>
    public static Tensor Noise(Tensor predicted, Tensor noise)
    {
        using var scope = NewDisposeScope();
        return nn.functional.mse_loss(predicted.to(float32), noise.to(float32)).MoveToOuterDisposeScope();
    }

    /// <summary>One less the cosine of implied and written text (paper, eq. 8), mean over the images that have a text; 0 where none has.</summary>
    /// <param name="implied">The captioner's embeddings, [B, D].</param>
    /// <param name="written">States at the captions' ends, [B, D]; no gradient flows into them.</param>
    /// <param name="captioned">1 for an image with a text, 0 for one without, [B].</param>
    public static Tensor Alignment(Tensor implied, Tensor written, Tensor captioned)
    {
        using var scope = NewDisposeScope();
        var weights = captioned.to(float32);
        var cosines = nn.functional.cosine_similarity(implied.to(float32), written.detach().to(float32), 1, 1e-8);
        return (((1 - cosines) * weights).sum() / weights.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }
}
