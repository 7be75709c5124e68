using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>Outputs of the segmenter contract.</summary>
/// <param name="Defect">Probability that a pixel is defective, <c>[B, h, w]</c>.</param>
/// <param name="Class">Row of text that fits best, 32-bit integers, <c>[B, h, w]</c>.</param>
/// <param name="ClassScore">Score of that row alone, <c>[B, h, w]</c>.</param>
/// <param name="ClassMargin">Best minus second-best row; 1 where there is one row, <c>[B, h, w]</c>.</param>
/// <param name="ImageScore">Score of the picture, <c>[B]</c>.</param>
/// <param name="Embedding">The frame as a whole, <c>[B, E]</c>.</param>
public sealed record SegmenterTensors(Tensor Defect, Tensor Class, Tensor ClassScore, Tensor ClassMargin, Tensor ImageScore, Tensor Embedding);
