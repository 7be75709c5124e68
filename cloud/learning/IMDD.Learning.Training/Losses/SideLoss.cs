using IMDD.Learning.Networks;
using IMDD.Learning.Training.Pictures;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Training.Losses;

/// <summary>What the logits of new branches are held against: each its own class, everything else is to be left alone.</summary>
/// <param name="classes">The classes' indices, one for each branch.</param>
/// <param name="weights">Shares of the losses.</param>
internal sealed class SideLoss(IReadOnlyList<int> classes, EdgeLossWeights weights)
{
    /// <summary>The losses of a batch.</summary>
    /// <param name="logits"><c>[B, branches, h, w]</c>.</param>
    /// <param name="batch">The truth.</param>
    public EdgeLosses Of(Tensor logits, Batch batch)
    {
        long[] shape = [batch.Count, batch.Cells, batch.Cells];
        var size = batch.Cells * batch.Cells;
        var target = tensor(batch.Targets, shape, device: logits.device);
        var zero = zeros(1, device: logits.device).sum();
        Tensor pixels = zero, image = zero;

        // A defect that nobody named may be of any class.
        var isKnown = new float[batch.Classes.Length];
        for (var cell = 0; cell < isKnown.Length; cell++)
        {
            isKnown[cell] = batch.HasPixelTruth[cell / size] && (batch.Classes[cell] != TrainingPicture.NoClass || batch.Targets[cell] == 0) ? 1f : 0f;
        }

        var known = tensor(isKnown, shape, device: logits.device);
        var judged = known.amin([1, 2]);
        var ofKnown = isKnown.Length / Math.Max(1.0, isKnown.Sum());
        foreach (var (index, branch) in classes.Select((index, branch) => (index, branch)))
        {
            var isOwn = Array.ConvertAll(batch.Classes, c => c == index + 1 ? 1f : 0f);
            var own = target * tensor(isOwn, shape, device: logits.device);
            var logit = logits.select(1, branch);
            pixels = pixels + EdgeLoss.Pixels(logit, own, known, ofKnown, weights);
            image = image + functional.binary_cross_entropy_with_logits(PeakMean.Of(logit), own.amax([1, 2]).gt(EdgeLoss.DefectiveCell).to_type(ScalarType.Float32), judged);
        }

        return new EdgeLosses(pixels + image * weights.Image, pixels, image, zero, zero);
    }
}
