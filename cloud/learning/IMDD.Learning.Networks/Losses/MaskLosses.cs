using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>The mask generator's losses on matched queries (Cheng et al. 2022), unweighted scalars.</summary>
public static class MaskLosses
{
    /// <summary>Cross-entropy of every query; those without a target are "no object", and count less.</summary>
    /// <param name="classes">Logits, "no object" last, [Q, C + 1].</param>
    /// <param name="labels">Classes of the targets, [T].</param>
    /// <param name="queries">The query of each target.</param>
    /// <param name="noObjectWeight">Weight of "no object".</param>
    public static Tensor Class(Tensor classes, Tensor labels, int[] queries, double noObjectWeight)
    {
        using var scope = NewDisposeScope();
        var none = classes.shape[1] - 1;
        var expected = full([classes.shape[0]], none, int64, classes.device);
        expected.index_copy_(0, Indices(queries, classes.device), labels);
        var weights = ones(classes.shape[1], classes.dtype, classes.device);
        weights[none] = noObjectWeight;
        return nn.functional.cross_entropy(classes, expected, weights).MoveToOuterDisposeScope();
    }

    /// <summary>Binary cross-entropy of the matched masks: mean over points, sum over targets, over their number.</summary>
    /// <param name="masks">Mask logits at the points, [Q, P].</param>
    /// <param name="targets">Targets at the points, 0 or 1, [T, P].</param>
    /// <param name="queries">The query of each target.</param>
    public static Tensor Mask(Tensor masks, Tensor targets, int[] queries)
    {
        using var scope = NewDisposeScope();
        var matched = masks.index_select(0, Indices(queries, masks.device));
        return nn.functional.binary_cross_entropy_with_logits(matched, targets).MoveToOuterDisposeScope();
    }

    /// <summary>Dice of the matched masks: sum over targets, over their number.</summary>
    public static Tensor Dice(Tensor masks, Tensor targets, int[] queries, double smoothing)
    {
        using var scope = NewDisposeScope();
        var matched = masks.index_select(0, Indices(queries, masks.device)).sigmoid();
        var overlap = 2 * (matched * targets).sum(-1);
        var sizes = matched.sum(-1) + targets.sum(-1);
        return (1 - ((overlap + smoothing) / (sizes + smoothing))).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Indices(int[] queries, Device device) => tensor([.. queries.Select(query => (long)query)], int64, device);
}
