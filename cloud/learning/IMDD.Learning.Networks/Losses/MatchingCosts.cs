using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Losses;

/// <summary>What it costs to give each query each target, [Q, T].</summary>
/// <param name="Class">Minus the probability of the target's class.</param>
/// <param name="Mask">Binary cross-entropy, mean over the points.</param>
/// <param name="Dice">One less dice's coefficient.</param>
/// <param name="Total">The weighted sum.</param>
public sealed record MatchingCosts(Tensor Class, Tensor Mask, Tensor Dice, Tensor Total)
{
    /// <summary>Costs of one image on sampled points.</summary>
    /// <param name="classes">Logits, "no object" last, [Q, C + 1].</param>
    /// <param name="masks">Mask logits at the points, [Q, P].</param>
    /// <param name="labels">Classes of the targets, [T].</param>
    /// <param name="targets">Targets at the same points, 0 or 1, [T, P].</param>
    /// <param name="options">Weights.</param>
    public static MatchingCosts Of(Tensor classes, Tensor masks, Tensor labels, Tensor targets, MaskLossOptions options)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var classCost = classes.softmax(-1).index_select(1, labels).neg();
        var inside = nn.functional.softplus(masks.neg(), 1, 20);
        var outside = nn.functional.softplus(masks, 1, 20);
        var maskCost = (inside.matmul(targets.t()) + outside.matmul((1 - targets).t())) / masks.shape[1];
        var probabilities = masks.sigmoid();
        var overlap = 2 * probabilities.matmul(targets.t());
        var sizes = probabilities.sum(-1).unsqueeze(1) + targets.sum(-1).unsqueeze(0);
        var diceCost = 1 - ((overlap + options.DiceSmoothing) / (sizes + options.DiceSmoothing));
        var total = (options.Class * classCost) + (options.Mask * maskCost) + (options.Dice * diceCost);
        return new MatchingCosts(
            classCost.MoveToOuterDisposeScope(), maskCost.MoveToOuterDisposeScope(), diceCost.MoveToOuterDisposeScope(), total.MoveToOuterDisposeScope());
    }

    /// <summary>The query of each target, by the cheapest assignment; <see cref="HungarianMatching.None"/> where there are more targets than queries and none was left.</summary>
    public int[] Assign()
    {
        if (Total.numel() == 0)
        {
            return [.. Enumerable.Repeat(HungarianMatching.None, (int)Total.shape[1])];
        }

        using var scope = NewDisposeScope();
        var costs = Total.to(float64).cpu().t().contiguous();
        var values = costs.data<double>().ToArray();
        var (targets, queries) = ((int)costs.shape[0], (int)costs.shape[1]);
        var table = new double[targets, queries];
        Buffer.BlockCopy(values, 0, table, 0, values.Length * sizeof(double));
        return HungarianMatching.Assign(table);
    }
}
