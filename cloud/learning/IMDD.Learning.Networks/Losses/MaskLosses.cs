using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>The mask generator's losses on matched queries (Cheng et al. 2022), unweighted scalars.</summary>
public static class MaskLosses
{
    /// <summary>Cross-entropy of every query; those without a target are "no object", and count less.</summary>
    /// <param name="classes">Logits, "no object" last, [Q, C + 1].</param>
    /// <param name="labels">Classes of the targets, [T].</param>
    /// <param name="queries">The query of each target, or <see cref="HungarianMatching.None"/>.</param>
    /// <param name="noObjectWeight">Weight of "no object".</param>
    public static Tensor Class(Tensor classes, Tensor labels, int[] queries, double noObjectWeight)
    {
        using var scope = NewDisposeScope();
        var none = classes.shape[1] - 1;
        var expected = full([classes.shape[0]], none, int64, classes.device);
        var (targets, matched) = Pairs(queries, classes.device);
        expected.index_copy_(0, matched, labels.index_select(0, targets));
        var weights = ones(classes.shape[1], classes.dtype, classes.device);
        weights[none] = noObjectWeight;
        return nn.functional.cross_entropy(classes, expected, weights).MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross-entropy of the matched masks: mean over points, sum over targets, over their number; 0 where there is none.</summary>
    /// <param name="masks">Mask logits at the points, [Q, P].</param>
    /// <param name="targets">Targets at the points, 0 or 1, [T, P].</param>
    /// <param name="queries">The query of each target, or <see cref="HungarianMatching.None"/>.</param>
    /// <param name="count">The number of targets where it is not that of <paramref name="queries"/>.</param>
    public static Tensor Mask(Tensor masks, Tensor targets, int[] queries, int? count = null)
    {
        using var scope = NewDisposeScope();
        var (expected, matched) = Matched(masks, targets, queries);
        var losses = nn.functional.binary_cross_entropy_with_logits(matched, expected, reduction: nn.Reduction.None).mean([-1]);
        return (losses.sum() / Number(queries, count)).MoveToOuterDisposeScope();
    }

    /// <summary>Dice of the matched masks: sum over targets, over their number; 0 where there is none.</summary>
    public static Tensor Dice(Tensor masks, Tensor targets, int[] queries, double smoothing, int? count = null)
    {
        using var scope = NewDisposeScope();
        var (expected, matched) = Matched(masks, targets, queries);
        var probabilities = matched.sigmoid();
        var overlap = 2 * (probabilities * expected).sum(-1);
        var sizes = probabilities.sum(-1) + expected.sum(-1);
        return ((1 - ((overlap + smoothing) / (sizes + smoothing))).sum() / Number(queries, count)).MoveToOuterDisposeScope();
    }

    private static int Number(int[] queries, int? count) => Math.Max(1, count ?? queries.Length);

    private static (Tensor Targets, Tensor Masks) Matched(Tensor masks, Tensor targets, int[] queries)
    {
        var (of, matched) = Pairs(queries, masks.device);
        return (targets.index_select(0, of), masks.index_select(0, matched));
    }

    // Targets that got a query, and their queries.
    private static (Tensor Targets, Tensor Queries) Pairs(int[] queries, Device device)
    {
        var pairs = queries.Index().Where(pair => pair.Item != HungarianMatching.None).ToList();
        return (tensor([.. pairs.Select(pair => (long)pair.Index)], int64, device), tensor([.. pairs.Select(pair => (long)pair.Item)], int64, device));
    }
}
