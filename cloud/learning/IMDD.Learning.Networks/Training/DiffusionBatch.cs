using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>Images and their captions as the first stage takes them: what frozen parts make of them, which can be computed once.</summary>
/// <param name="Latents">The autoencoder's, scaled, [B, C, h, w].</param>
/// <param name="Images">CLIP's image embeddings, not normalised, [B, D].</param>
/// <param name="Texts">States of the captions, [B, tokens, width].</param>
/// <param name="Ends">Their states at each caption's end, [B, width].</param>
/// <param name="Captioned">1 for an image with a caption, 0 for one without, [B].</param>
public sealed record DiffusionBatch(Tensor Latents, Tensor Images, Tensor Texts, Tensor Ends, Tensor Captioned);
