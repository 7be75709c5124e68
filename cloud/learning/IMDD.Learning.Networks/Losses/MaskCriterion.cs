using IMDD.Learning.Networks.Diffusion.Sampling;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>
/// Supervision of the mask generator (Cheng et al. 2022): in each image the targets are given to queries as cheaply as possible, and named and masked
/// there; every other query is to say "no object", and its mask does not matter. The predictions before the last one are held to the same, each matched
/// for itself.
/// </summary>
public sealed class MaskCriterion(MaskLossOptions? weights = null, MaskPointOptions? points = null)
{
    private readonly MaskLossOptions _weights = weights ?? new MaskLossOptions();
    private readonly MaskPointOptions _points = points ?? new MaskPointOptions();

    /// <summary>The loss of a batch.</summary>
    /// <param name="classes">For each prediction its class logits, "no object" last, [B, Q, C + 1].</param>
    /// <param name="masks">For each prediction its mask logits, [B, Q, H, W].</param>
    /// <param name="targets">For each image what there is.</param>
    /// <param name="random">Where points are drawn.</param>
    public MaskLoss Of(IReadOnlyList<Tensor> classes, IReadOnlyList<Tensor> masks, IReadOnlyList<MaskTargets> targets, NoiseSource random)
    {
        if (classes.Count != masks.Count || classes.Count == 0 || targets.Count != masks[0].shape[0])
        {
            throw new ArgumentException($"{classes.Count} class and {masks.Count} mask predictions of {targets.Count} images; expected as many of each.");
        }

        using var scope = NewDisposeScope();
        var losses = classes.Zip(masks, (named, masked) => One(named, masked, targets, random)).ToList();
        var total = stack(losses.Select(loss => loss.Total)).sum();
        var last = losses[^1];
        return new MaskLoss(
            total.MoveToOuterDisposeScope(), last.Class.MoveToOuterDisposeScope(), last.Mask.MoveToOuterDisposeScope(), last.Dice.MoveToOuterDisposeScope());
    }

    private MaskLoss One(Tensor classes, Tensor masks, IReadOnlyList<MaskTargets> targets, NoiseSource random)
    {
        // 32 bits whatever the network computes in: sums over thousands of points.
        var (named, masked) = (classes.to(float32), masks.to(float32));
        List<int[]> queries = [.. targets.Select((target, image) => Match(named[image], masked[image], target, random))];

        // Queries of all images in one row; a target that got none, since there are more targets than queries, is named and masked nowhere.
        int[] all = [.. queries.SelectMany((own, image) => own.Select(query => query == HungarianMatching.None ? query : (image * (int)masks.shape[1]) + query))];
        int[] matched = [.. all.Where(query => query != HungarianMatching.None)];
        var labels = cat(targets.Select(target => target.Labels).ToList());
        var classLoss = MaskLosses.Class(named.flatten(0, 1), labels, all, _weights.NoObject);
        if (matched.Length == 0)
        {
            // Nothing there: no mask to compare, but every mask takes part in the sum, so that each parameter has a gradient.
            var nothing = masked.sum() * 0;
            return new MaskLoss((_weights.ClassFactor * _weights.Class * classLoss) + nothing, classLoss, nothing, nothing);
        }

        var chosen = masked.flatten(0, 1).index_select(0, tensor(matched.Select(query => (long)query).ToArray(), device: masks.device));
        var places = MaskPoints.Uncertain(chosen, _points, random);
        var predicted = MaskPoints.Sample(chosen, places);
        var expected = AtPoints(targets, queries, places);
        int[] each = [.. Enumerable.Range(0, matched.Length)];
        var maskLoss = MaskLosses.Mask(predicted, expected, each, all.Length);
        var diceLoss = MaskLosses.Dice(predicted, expected, each, _weights.DiceSmoothing, all.Length);
        var shapes = (_weights.Mask * maskLoss) + (_weights.Dice * diceLoss);
        return new MaskLoss((_weights.ClassFactor * _weights.Class * classLoss) + (_weights.MaskFactor * shapes), classLoss, maskLoss, diceLoss);
    }

    private int[] Match(Tensor classes, Tensor masks, MaskTargets target, NoiseSource random)
    {
        if (target.Labels.shape[0] == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var places = random.DrawUniform([1, _points.Count, 2], masks.device);
        return MatchingCosts.Of(
            classes, MaskPoints.Sample(masks.detach(), places), target.Labels, MaskPoints.Sample(target.Masks, places), _weights).Assign();
    }

    // Target by target, since images may differ in size.
    private static Tensor AtPoints(IReadOnlyList<MaskTargets> targets, IReadOnlyList<int[]> queries, Tensor places)
    {
        List<Tensor> values = [];
        long start = 0;
        foreach (var (target, own) in targets.Zip(queries))
        {
            long[] matched = [.. own.Index().Where(pair => pair.Item != HungarianMatching.None).Select(pair => (long)pair.Index)];
            if (matched.Length > 0)
            {
                var masks = matched.Length == own.Length ? target.Masks : target.Masks.index_select(0, tensor(matched, device: target.Masks.device));
                values.Add(MaskPoints.Sample(masks, places.narrow(0, start, matched.Length)));
                start += matched.Length;
            }
        }

        return cat(values);
    }
}
