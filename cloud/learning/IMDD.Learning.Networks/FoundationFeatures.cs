using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>What the frozen part of the foundation model sees in images.</summary>
/// <param name="Maps">Feature maps, finest first, [B, C, h, w]; each half the one before.</param>
/// <param name="Image">CLIP's embedding of each image as a whole, not normalised, [B, D].</param>
public sealed record FoundationFeatures(IReadOnlyList<Tensor> Maps, Tensor Image);
