using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>What there is to be found in an image.</summary>
/// <param name="Labels">Classes, 64-bit integers, [T].</param>
/// <param name="Masks">0 or 1, floats, [T, H, W] at any size.</param>
public sealed record MaskTargets(Tensor Labels, Tensor Masks);
