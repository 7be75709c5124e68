using IMDD.Learning.Networks.Losses;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Training;

/// <summary>Images as the second stage takes them.</summary>
/// <param name="Maps">What the frozen part sees in them, finest first, as <see cref="FoundationNetwork.Features"/> gives it; with gradients where the captioner is to learn.</param>
/// <param name="Targets">What there is to be found.</param>
/// <param name="Texts">Embeddings of the classes' names, [K, text width].</param>
/// <param name="Words">Embeddings of the words that each image's text has, [B, W, text width]; null where no image has a text.</param>
/// <param name="Worded">1 for an image whose text has words, 0 for one without, whose words do not matter, [B]; null where all have.</param>
public sealed record MaskBatch(
    IReadOnlyList<Tensor> Maps, IReadOnlyList<MaskTargets> Targets, Tensor Texts, Tensor? Words = null, Tensor? Worded = null);
