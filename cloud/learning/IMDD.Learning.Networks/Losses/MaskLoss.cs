using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>The mask generator's loss, summed over all of its predictions.</summary>
/// <param name="Total">The weighted sum, a scalar with a gradient.</param>
/// <param name="Class">Classification, of the last prediction alone and unweighted, as are the next two.</param>
/// <param name="Mask">Binary cross-entropy.</param>
/// <param name="Dice">Dice.</param>
public sealed record MaskLoss(Tensor Total, Tensor Class, Tensor Mask, Tensor Dice);
