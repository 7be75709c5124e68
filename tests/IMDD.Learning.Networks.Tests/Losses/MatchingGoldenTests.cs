using System.Text.Json;
using IMDD.Learning.Networks.Losses;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Losses;

public sealed class MatchingGoldenTests
{
    public static TheoryData<string> Files => GoldenTensors.Cases("matching*.safetensors");

    [Theory]
    [MemberData(nameof(Files))]
    public void CostsAndLosses_ReferenceTensors_Match(string name)
    {
        using var golden = GoldenTensors.Open(name);
        using var scope = NewDisposeScope();
        var config = golden.Fields("cost_weights", "no_object_weight", "dice_smoothing", "normalise");
        (config.TryGetProperty("normalise", out var normalise) ? normalise.GetString() : "number of targets").ShouldBe("number of targets", "normalise");
        var weights = config.TryGetProperty("cost_weights", out var given) ? given : default;
        MaskLossOptions reference = new();
        MaskLossOptions options = new(
            Number(weights, "class", reference.Class),
            Number(weights, "mask", reference.Mask),
            Number(weights, "dice", reference.Dice),
            Number(config, "no_object_weight", reference.NoObject),
            Number(config, "dice_smoothing", reference.DiceSmoothing));
        var (classes, masks) = (golden["input.pred_logits"], golden["input.pred_mask_logits_at_points"]);
        var (labels, targets) = (golden["input.target_labels"], golden["input.target_masks_at_points"].to(float32));

        var costs = MatchingCosts.Of(classes, masks, labels, targets, options);
        var queries = costs.Assign();

        golden.ShouldMatch(costs.Class, "output.cost_class");
        golden.ShouldMatch(costs.Mask, "output.cost_mask");
        golden.ShouldMatch(costs.Dice, "output.cost_dice");
        golden.ShouldMatch(costs.Total, "output.cost_total");
        var expected = Numbers(golden["output.matched_target"]).Zip(Numbers(golden["output.matched_query"]));
        queries.Select((query, target) => ((long)target, (long)query)).Where(pair => pair.Item2 != HungarianMatching.None).ShouldBe(expected.Order());
        golden.ShouldMatch(MaskLosses.Class(classes, labels, queries, options.NoObject).view(1), "output.loss_class_ce");
        golden.ShouldMatch(MaskLosses.Mask(masks, targets, queries).view(1), "output.loss_mask_bce");
        golden.ShouldMatch(MaskLosses.Dice(masks, targets, queries, options.DiceSmoothing).view(1), "output.loss_dice");
    }

    // Of no numbers there is no first one to read.
    private static long[] Numbers(Tensor numbers) => numbers.numel() == 0 ? [] : numbers.data<long>().ToArray();

    private static double Number(JsonElement fields, string name, double byDefault)
        => fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty(name, out var value) ? value.GetDouble() : byDefault;
}
