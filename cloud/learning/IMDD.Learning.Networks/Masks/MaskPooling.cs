using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>What a mask's pixels look like on average.</summary>
public static class MaskPooling
{
    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar Zero = 0f;

    /// <summary>So that a mask without pixels has a mean, which is zero; far below one pixel.</summary>
    internal static readonly Scalar Empty = 1e-6f;

    /// <summary>Mean of features over the pixels where a mask is at least one half; which those are has no gradient.</summary>
    /// <param name="masks">Logits, [B, Q, H, W].</param>
    /// <param name="features">[B, C, H, W].</param>
    /// <returns>[B, Q, C]; zero for a mask that is nowhere.</returns>
    public static Tensor Of(Tensor masks, Tensor features)
    {
        using var scope = NewDisposeScope();
        var inside = masks.detach().gt(Zero).to(features.dtype).flatten(2);
        var sums = inside.matmul(features.flatten(2).transpose(1, 2));
        return (sums / (inside.sum(-1, keepdim: true) + Empty)).MoveToOuterDisposeScope();
    }
}
