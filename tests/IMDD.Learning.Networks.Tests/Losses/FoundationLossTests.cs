using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Losses;

public sealed class FoundationLossTests
{
    private static readonly MaskPointOptions Points = new(Count: 256);

    [Fact]
    public void Noise_RightPrediction_IsZeroAndOffByOneIsOne()
    {
        using var scope = NewDisposeScope();
        var noise = randn(2, 4, 3, 3);

        DiffusionLoss.Noise(noise, noise).item<float>().ShouldBe(0);
        DiffusionLoss.Noise(noise + 1, noise).item<float>().ShouldBe(1, 1e-5f);
    }

    [Fact]
    public void Alignment_ImagesWithoutText_DoNotCount()
    {
        using var scope = NewDisposeScope();
        var written = randn(3, 8);
        var implied = cat([2 * written[0].unsqueeze(0), -written[1].unsqueeze(0), randn(1, 8)], 0).requires_grad_();

        DiffusionLoss.Alignment(implied, written, tensor(new float[] { 1, 1, 0 })).item<float>().ShouldBe(1, 1e-5f, "0 and 2");
        var none = DiffusionLoss.Alignment(implied, written, zeros(3));
        none.item<float>().ShouldBe(0);
        none.backward();
        implied.grad!.abs().max().item<float>().ShouldBe(0);
    }

    [Fact]
    public void PaperGrounding_PrintedExample_GivesItsLoss()
    {
        using var scope = NewDisposeScope();
        var similarity = tensor(new[] { 0.8945683609494557, 0.7999999998105961, 0.8999996861199122, 0.39999129598252336 }).view(2, 2);

        GroundingLoss.PaperOf(similarity, 0.07).item<double>().ShouldBe(6.9122360561844545, 1e-9);
    }

    [Fact]
    public void PaperSimilarity_IsTheSumThatIsPrinted()
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(3);
        var masks = nn.functional.normalize(randn([2, 4, 5], generator: generator), dim: -1);
        var words = nn.functional.normalize(randn([2, 3, 5], generator: generator), dim: -1);

        var similarity = GroundingLoss.PaperSimilarity(masks, words, 0.1);

        for (var image = 0; image < 2; image++)
        {
            for (var text = 0; text < 2; text++)
            {
                var cosines = masks[image].matmul(words[text].t());
                var expected = ((cosines / 0.1).softmax(1) * cosines).sum([0]).mean();
                similarity[image, text].item<float>().ShouldBe(expected.item<float>(), 1e-5f);
            }
        }
    }

    [Fact]
    public void PaperMaskLoss_ChangesTheLossAndNotTheMatching()
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(3);
        var (classes, masks) = (randn([1, 5, 4], generator: generator), randn([1, 5, 8, 8], generator: generator));
        MaskTargets target = new(tensor(new long[] { 0, 2 }), rand([2, 8, 8], generator: generator).round());
        var standard = Of(new MaskLossOptions());
        var paper = Of(MaskLossOptions.Paper);

        MatchingCosts.Of(classes[0], masks[0].flatten(1), target.Labels, target.Masks.flatten(1), MaskLossOptions.Paper).Total.allclose(
            MatchingCosts.Of(classes[0], masks[0].flatten(1), target.Labels, target.Masks.flatten(1), new MaskLossOptions()).Total, 0, 0).ShouldBeTrue();
        paper.Class.item<float>().ShouldBe(standard.Class.item<float>());
        paper.Mask.item<float>().ShouldBe(standard.Mask.item<float>());
        (standard.Total - paper.Total).item<float>().ShouldBe(standard.Class.item<float>(), 1e-4f, "half of the classification's weight of 2");

        MaskLoss Of(MaskLossOptions options)
        {
            using NoiseSource random = new(5);
            return new MaskCriterion(options, new MaskPointOptions(Count: 32)).Of([classes], [masks], [target], random);
        }
    }

    [Fact]
    public void Grounding_TextsWithoutWords_DoNotCount()
    {
        using var scope = NewDisposeScope();
        var similarity = randn(4, 4);

        GroundingLoss.Of(similarity, ones(4)).item<float>().ShouldBe(GroundingLoss.Of(similarity).item<float>(), 1e-5f);
        GroundingLoss.Of(similarity, zeros(4)).item<float>().ShouldBe(0);
    }

    [Fact]
    public void Sample_CentresOfPixels_AreThePixels()
    {
        using var scope = NewDisposeScope();
        var maps = randn(2, 3, 4);
        var points = tensor(new[] { 0.5f / 4, 0.5f / 3, 2.5f / 4, 1.5f / 3 }).view(1, 2, 2);

        var sampled = MaskPoints.Sample(maps, points);

        sampled[0, 0].item<float>().ShouldBe(maps[0, 0, 0].item<float>(), 1e-5f);
        sampled[1, 1].item<float>().ShouldBe(maps[1, 1, 2].item<float>(), 1e-5f);
    }

    [Fact]
    public void Uncertain_HalfAndHalfMask_DrawsNearItsEdge()
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(2);
        var mask = linspace(-10, 10, 16).view(1, 1, 16).expand(1, 16, 16).contiguous();

        var points = MaskPoints.Uncertain(mask, Points, random);

        points.shape.ShouldBe([1, 256, 2]);
        var chosen = points[0].narrow(0, 0, 192).select(1, 0);
        ((chosen - 0.5).abs().max().item<float>() < 0.2f).ShouldBeTrue();
    }

    [Fact]
    public void Criterion_RightMasksInAnyOrder_CostNextToNothing()
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(2);
        var (targets, classes, masks) = Solved();

        // Points anywhere; on the edge itself, between two pixels, no mask is right.
        MaskCriterion criterion = new(points: Points with { Uncertain = 0 });
        var right = criterion.Of([classes], [masks], targets, random);
        var wrong = criterion.Of([classes.roll(1, 1)], [masks], targets, random);

        right.Class.item<float>().ShouldBeInRange(0, 1e-3f);
        right.Total.item<float>().ShouldBeInRange(0, wrong.Total.item<float>() / 10);
    }

    [Fact]
    public void Criterion_DeepSupervision_AddsUpOverPredictions()
    {
        using var scope = NewDisposeScope();
        var (targets, classes, masks) = Solved();
        MaskCriterion criterion = new(points: Points);
        using NoiseSource one = new(2);
        using NoiseSource other = new(2);

        var alone = criterion.Of([classes], [masks], targets, one).Total.item<float>() + criterion.Of([classes], [masks / 2], targets, one).Total.item<float>();
        var together = criterion.Of([classes, classes], [masks, masks / 2], targets, other).Total.item<float>();

        together.ShouldBe(alone, 1e-4f);
    }

    /// <summary>As the reference: of the pairs that there can be the cheapest, over the number of all targets.</summary>
    [Fact]
    public void Criterion_MoreTargetsThanQueries_MatchesWhatItCanAndCountsAll()
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(2);
        var targets = zeros(3, 16, 16);
        targets[0].narrow(1, 0, 8).fill_(1);
        targets[1].narrow(0, 0, 4).fill_(1);
        targets[2].narrow(0, 12, 4).fill_(1);
        MaskTargets three = new(tensor(new long[] { 0, 1, 2 }), targets);
        MaskTargets one = new(tensor(new long[] { 1 }), targets[1].unsqueeze(0));
        var classes = full([2, 2, 4], -20f);
        var masks = full([2, 2, 16, 16], -20f);
        foreach (var (image, query, target) in new[] { (0, 0, 2), (0, 1, 0), (1, 1, 1) })
        {
            classes[image, query, target] = 20;
            masks[image, query].copy_((40 * targets[target]) - 20);
        }

        classes[1, 0, 3] = 20;
        var unsure = zeros_like(masks).requires_grad_();

        MaskCriterion criterion = new(points: Points with { Uncertain = 0 });
        criterion.Of([classes], [masks], [three, one], random).Class.item<float>().ShouldBeInRange(0, 1e-3f);
        var loss = criterion.Of([classes], [unsure], [three, one], random);
        loss.Total.backward();

        loss.Mask.item<float>().ShouldBe(3 * MathF.Log(2) / 4, 1e-5f, "three masks of four, each no better than chance");
        unsure.grad!.abs().sum([2, 3]).gt(0).sum().item<long>().ShouldBe(3);
    }

    [Fact]
    public void MaskLosses_NoTarget_AreZeroAndHaveAGradient()
    {
        using var scope = NewDisposeScope();
        var masks = randn([3, 7], requires_grad: true);
        var none = zeros(0, 7);

        var costs = MatchingCosts.Of(randn(3, 4), masks, zeros([0], int64), none, new MaskLossOptions());
        var (mask, dice) = (MaskLosses.Mask(masks, none, costs.Assign()), MaskLosses.Dice(masks, none, costs.Assign(), 1));
        (mask + dice).backward();

        costs.Total.shape.ShouldBe([3, 0]);
        mask.item<float>().ShouldBe(0);
        dice.item<float>().ShouldBe(0);
        masks.grad!.abs().sum().item<float>().ShouldBe(0);
        var classes = zeros(3, 4);
        MaskLosses.Class(classes, zeros([0], int64), [], 0.1).item<float>().ShouldBe(MathF.Log(4), 1e-5f);
    }

    [Fact]
    public void Criterion_NothingToFind_StillGivesEveryPredictionAGradient()
    {
        using var scope = NewDisposeScope();
        using NoiseSource random = new(2);
        var (classes, masks) = (randn([2, 5, 4], requires_grad: true), randn([2, 5, 8, 8], requires_grad: true));
        MaskTargets nothing = new(zeros([0], int64), zeros(0, 16, 16));

        var loss = new MaskCriterion(points: Points).Of([classes], [masks], [nothing, nothing], random);
        loss.Total.backward();

        loss.Mask.item<float>().ShouldBe(0);
        classes.grad!.abs().sum().item<float>().ShouldBeGreaterThan(0);
        masks.grad!.abs().sum().item<float>().ShouldBe(0);
    }

    [Fact]
    public void Criterion_ManySteps_LeavesNoTensors()
    {
        using var outer = NewDisposeScope();
        using NoiseSource random = new(2);
        var (targets, classes, masks) = Solved();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            new MaskCriterion(points: Points).Of([classes], [masks], targets, random).Total.item<float>();
        }

        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).ShouldBe(0);
    }

    /// <summary>Two images; query 3 has the first one's only target, queries 0 and 2 have the second one's two.</summary>
    private static (IReadOnlyList<MaskTargets> Targets, Tensor Classes, Tensor Masks) Solved()
    {
        var first = zeros(1, 16, 16);
        first.narrow(1, 0, 8).fill_(1);
        var second = zeros(2, 16, 16);
        second[0].narrow(1, 0, 8).fill_(1);
        second[1].narrow(0, 12, 4).fill_(1);
        var masks = full([2, 4, 16, 16], -20f);
        masks[0, 3].copy_((40 * first[0]) - 20);
        masks[1, 2].copy_((40 * second[0]) - 20);
        masks[1, 0].copy_((40 * second[1]) - 20);
        var classes = zeros(2, 4, 3);
        foreach (var (image, query, label) in new[] { (0, 0, 2), (0, 1, 2), (0, 2, 2), (0, 3, 1), (1, 0, 1), (1, 1, 2), (1, 2, 0), (1, 3, 2) })
        {
            classes[image, query, label] = 20;
        }

        return ([new MaskTargets(tensor(new long[] { 1 }), first), new MaskTargets(tensor(new long[] { 0, 1 }), second)], classes, masks);
    }
}
