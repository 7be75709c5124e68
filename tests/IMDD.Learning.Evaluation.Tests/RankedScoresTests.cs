using CsCheck;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class RankedScoresTests
{
    private static readonly float[] Scores = [.1f, .4f, .35f, .8f, .4f, .7f, .05f, .9f];
    private static readonly bool[] Labels = [false, false, true, true, true, false, false, true];

    [Fact]
    public void WorkedVector_AllMeasures_MatchPublishedValues()
    {
        var ranked = RankedScores.From(Scores, Labels);

        ranked.Auroc().Value.ShouldBe(0.78125, 1e-12);
        ranked.AveragePrecision().Value.ShouldBe(0.8166666667, 1e-10);
        var best = ranked.F1Max();
        best.F1.Value.ShouldBe(0.8, 1e-12);
        best.Threshold.ShouldBe(0.35f);
        best.Precision.ShouldBe(2.0 / 3, 1e-12);
        best.Recall.ShouldBe(1);
    }

    [Fact]
    public void Auroc_OneClassOnly_IsUndefinedWithReason()
    {
        var onlyNegatives = RankedScores.From([0.1f, 0.2f], [false, false]);

        onlyNegatives.Auroc().Value.ShouldBe(double.NaN);
        onlyNegatives.Auroc().Undefined.ShouldBe("no positive sample");
        RankedScores.From([0.1f], [true]).Auroc().Undefined.ShouldBe("no negative sample");
        RankedScores.From([], []).AveragePrecision().IsDefined.ShouldBeFalse();
    }

    [Fact]
    public void From_NaNScore_IsRefused()
        => Should.Throw<ArgumentException>(() => RankedScores.From([float.NaN], [true])).Message.ShouldContain("NaN");

    [Fact]
    public void Auroc_AnyScores_EqualsPairwiseDefinition()
        => Gen.Select(Gen.Int[-4, 4].Select(i => i / 4f), Gen.Bool).Array[1, 60].Sample(samples =>
        {
            var scores = samples.Select(s => s.Item1).ToArray();
            var labels = samples.Select(s => s.Item2).ToArray();
            var positives = samples.Where(s => s.Item2).ToList();
            var negatives = samples.Where(s => !s.Item2).ToList();
            var actual = RankedScores.From(scores, labels).Auroc();
            if (positives.Count == 0 || negatives.Count == 0)
            {
                actual.IsDefined.ShouldBeFalse();
                return;
            }

            var wins = positives.Sum(p => negatives.Sum(n => p.Item1 > n.Item1 ? 1.0 : p.Item1 == n.Item1 ? 0.5 : 0));
            actual.Value.ShouldBe(wins / positives.Count / negatives.Count, 1e-12);
        });

    [Fact]
    public void Descending_NegativeAndExtremeScores_AreOrderedAsFloats()
    {
        float[] scores = [float.NegativeInfinity, -1f, -0f, 0f, float.Epsilon, 1f, float.PositiveInfinity];
        var ranked = RankedScores.From(scores, [true, false, true, false, true, false, true]);

        ranked.Descending().Select(p => p.Threshold).ShouldBe([float.PositiveInfinity, 1f, float.Epsilon, 0f, -1f, float.NegativeInfinity]);
    }

    [Fact]
    public void AtFullRecall_LowestPositive_CountsFalseAlarms()
    {
        var point = RankedScores.From(Scores, Labels).AtFullRecall();

        point.Threshold.ShouldBe(0.35f);
        point.FalsePositives.ShouldBe(2);
        point.TruePositives.ShouldBe(4);
    }
}
