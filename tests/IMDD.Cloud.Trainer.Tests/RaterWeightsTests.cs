using IMDD.Cloud.Trainer.Snapshots;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>No one's words are most of what is learned from.</summary>
public sealed class RaterWeightsTests
{
    [Fact]
    public void Of_OneHasTooMuch_HeldToTheShare_AndOthersCountInFull()
    {
        var weights = RaterWeights.Of([.. Frames(900, "anna"), .. Frames(60, "ben"), .. Frames(40, "cleo")], 0.5);

        weights.MaxShare.ShouldBe(0.5);
        weights.Raters.Select(r => (r.RaterId, r.Frames, r.Share)).ShouldBe([("anna", 900, 0.5), ("ben", 60, 0.3), ("cleo", 40, 0.2)]);
        weights.WeightOf(Frames(1, "anna")[0]).ShouldBe(100.0 / 900, 1e-6);
        weights.WeightOf(Frames(1, "ben")[0]).ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_ManyPeopleAndSharedFrames_NobodyHasMoreThanTheShare_AndNobodyIsHeldInVain(int seed)
    {
        Random random = new(seed);
        List<ExampleConsensus> frames = [];
        for (var rater = 0; rater < 6; rater++)
        {
            frames.AddRange(Frames(random.Next(20, 400), $"r{rater}"));
            frames.AddRange(Frames(random.Next(20), $"r{rater}", $"r{(rater + 1) % 6}"));
        }

        var weights = RaterWeights.Of(frames, 0.2);

        weights.Raters.ShouldAllBe(r => r.Share <= 0.2 + 1e-6);
        weights.Raters.Where(r => r.Weight < 1).ShouldAllBe(r => r.Share >= 0.2 - 1e-6);
        weights.Raters.Sum(r => r.Share).ShouldBe(1, 1e-6);
        frames.Sum(weights.WeightOf).ShouldBe(weights.Raters.Sum(r => r.Weight * frames.Sum(f => f.Labels.Any(l => l.RaterId == r.RaterId) ? 1.0 / f.Labels.Count : 0)), 1e-3);
    }

    [Fact]
    public void Of_TooFewPeopleForTheShare_AllCountAlike()
    {
        var weights = RaterWeights.Of([.. Frames(300, "anna"), .. Frames(30, "ben")], 0.3);

        weights.Raters.Select(r => r.Share).ShouldBe([0.5, 0.5]);
        weights.MaxShare.ShouldBe(0.5);
    }

    [Fact]
    public void Of_OneRater_OrFewFramesOfOthers_OrNobodyHasTooMuch_OrOff_NobodyIsHeld()
    {
        foreach (var weights in (RaterWeights[])
            [
                RaterWeights.Of(Frames(500, "anna"), 0.5), RaterWeights.Of([.. Frames(500, "anna"), .. Frames(19, "ben")], 0.5),
                RaterWeights.Of([.. Frames(50, "anna"), .. Frames(50, "ben")], 0.5), RaterWeights.Of([.. Frames(500, "anna"), .. Frames(30, "ben")], 1),
                RaterWeights.Of([], 0.5), RaterWeights.Of(Frames(30), 0.5),
            ])
        {
            weights.Raters.ShouldAllBe(r => r.Weight == 1);
        }
    }

    private static List<ExampleConsensus> Frames(int count, params string[] raters) => [.. Enumerable.Range(0, count).Select(i => new ExampleConsensus
    {
        Frame = new FrameReference { Digest = ContentDigest.Of(BitConverter.GetBytes(i)) },
        Revision = 1,
        CameraId = "cam1",
        AssetPath = "acme/ulm/paint/line2/cell3",
        State = ConsensusState.Agreed,
        Verdict = Verdict.Pass,
        Labels = [.. raters.Select(rater => new LabelReference(rater, 1))],
    })];
}
