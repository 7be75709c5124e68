using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>What the queries say before or after a decoder layer.</summary>
/// <param name="Queries">Normed, [B, Q, width].</param>
/// <param name="Classes">Logits, the last of them "no object", [B, Q, classes + 1]; null where the generator has no classes.</param>
/// <param name="Masks">Logits at the finest map's resolution, [B, Q, H, W].</param>
public sealed record MaskPrediction(Tensor Queries, Tensor? Classes, Tensor Masks);
