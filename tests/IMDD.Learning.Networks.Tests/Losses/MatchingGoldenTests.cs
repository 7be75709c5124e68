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
        var config = JsonDocument.Parse(golden.Configuration).RootElement;
        var weights = config.GetProperty("cost_weights");
        MaskLossOptions options = new(
            weights.GetProperty("class").GetDouble(),
            weights.GetProperty("mask").GetDouble(),
            weights.GetProperty("dice").GetDouble(),
            config.GetProperty("no_object_weight").GetDouble(),
            config.GetProperty("dice_smoothing").GetDouble());
        var (classes, masks) = (golden["input.pred_logits"], golden["input.pred_mask_logits_at_points"]);
        var (labels, targets) = (golden["input.target_labels"], golden["input.target_masks_at_points"]);

        var costs = MatchingCosts.Of(classes, masks, labels, targets, options);
        var queries = costs.Assign();

        golden.ShouldMatch(costs.Class, "output.cost_class");
        golden.ShouldMatch(costs.Mask, "output.cost_mask");
        golden.ShouldMatch(costs.Dice, "output.cost_dice");
        golden.ShouldMatch(costs.Total, "output.cost_total");
        var expected = golden["output.matched_target"].data<long>().ToArray().Zip(golden["output.matched_query"].data<long>().ToArray());
        queries.Select((query, target) => ((long)target, (long)query)).ShouldBe(expected.Order());
        golden.ShouldMatch(MaskLosses.Class(classes, labels, queries, options.NoObject).view(1), "output.loss_class_ce");
        golden.ShouldMatch(MaskLosses.Mask(masks, targets, queries).view(1), "output.loss_mask_bce");
        golden.ShouldMatch(MaskLosses.Dice(masks, targets, queries, options.DiceSmoothing).view(1), "output.loss_dice");
    }
}
