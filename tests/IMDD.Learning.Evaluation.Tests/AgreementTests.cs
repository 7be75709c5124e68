using IMDD.Learning.Evaluation.Images;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class AgreementTests
{
    [Fact]
    public void Kappa_WorkedMatrix_MatchesPublishedValues()
    {
        long[,] counts = { { 20, 5, 1 }, { 3, 30, 2 }, { 0, 4, 15 } };
        var matrix = new ConfusionMatrix(3);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                matrix.Add(i, j, counts[i, j]);
            }
        }

        matrix.Kappa().Value.ShouldBe(0.7069597070, 1e-10);
        matrix.QuadraticKappa().Value.ShouldBe(0.7885462555, 1e-10);
        matrix.Accuracy().Value.ShouldBe(0.8125, 1e-12);
        matrix.MeanIou().Value.ShouldBe((20.0 / 29 + 30.0 / 44 + 15.0 / 22) / 3, 1e-12);
    }

    [Fact]
    public void Kappa_OneClassOnly_IsUndefined()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add(0, 0, 10);

        matrix.Kappa().IsDefined.ShouldBeFalse();
        matrix.MeanIou(ignore: 0).Undefined.ShouldBe("no class occurs");
    }

    [Theory]
    [InlineData(0, 10, 0.0, 0.3084971)] // 1 − 0.025^(1/10)
    [InlineData(10, 10, 0.6915029, 1.0)]
    [InlineData(5, 10, 0.1870860, 0.8129140)]
    public void ExactInterval_KnownShares_MatchClopperPearson(long successes, long trials, double low, double high)
    {
        var interval = ExactInterval.Of(successes, trials);

        interval.Low.ShouldBe(low, 1e-6);
        interval.High.ShouldBe(high, 1e-6);
    }

    [Fact]
    public void FalseAlarms_AtFullRecall_CountsGoodPartsAboveTheWeakestDefect()
    {
        var ranked = RankedScores.From([0.9f, 0.4f, 0.5f, 0.1f, 0.2f], [true, true, false, false, false]);

        var alarms = FalseAlarms.AtFullRecall(ranked)!.Value;

        alarms.Rate.Share.ShouldBe(1.0 / 3, 1e-12);
        alarms.Threshold.ShouldBe(0.4f);
        FalseAlarms.AtFullRecall(RankedScores.From([0.1f], [false])).ShouldBeNull();
    }

    [Fact]
    public void Retrieval_RankedAnswers_MatchHandCount()
    {
        var retrieval = new Retrieval(1, 2);
        retrieval.Add([true, false, true]);
        retrieval.Add([false, true, false]);
        retrieval.Add([false, false, false]);

        retrieval.RecallAt(1).Value.ShouldBe(0.5);
        retrieval.RecallAt(2).Value.ShouldBe(1.0);
        retrieval.MeanAveragePrecision().Value.ShouldBe(((1 + 2.0 / 3) / 2 + 0.5) / 2, 1e-12);
        retrieval.QueriesWithoutAnswer.ShouldBe(1);
    }
}
