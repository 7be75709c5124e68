using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>What the pixel decoder gives.</summary>
/// <param name="Mask">Features that masks are read from, [B, mask width, H, W] of the finest map.</param>
/// <param name="Levels">Maps that the queries attend to, coarsest first, [B, width, h, w].</param>
public sealed record PixelFeatures(Tensor Mask, IReadOnlyList<Tensor> Levels);
