using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>What an <see cref="EdgeNetwork"/> sees in a batch of pictures, before words are compared.</summary>
/// <param name="Defect">Logit that a pixel is defective, <c>[B, h, w]</c>.</param>
/// <param name="Embedding">Unit embedding of each pixel, <c>[B, D, h, w]</c>.</param>
/// <param name="Frame">The frame as a whole, <c>[B, E]</c>: means of the deepest features.</param>
public sealed record EdgeFeatures(Tensor Defect, Tensor Embedding, Tensor Frame);
