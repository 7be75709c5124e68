using IMDD.Learning.Training.Naming;

namespace IMDD.Learning.Training.Tests;

/// <summary>Below a row's own threshold what it fits best is an unknown defect.</summary>
public sealed class OwnThresholdTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_AnyScores_LiesBelowNearlyAllThatTheRowIsRightFor(int seed)
    {
        Random random = new(seed);
        List<double> scores = [.. Enumerable.Range(0, 400).Select(_ => 0.6 * random.NextDouble())];

        var threshold = OwnThreshold.Of(scores);

        threshold.ShouldBeGreaterThan(0);
        scores.Count(score => score < threshold).ShouldBeLessThanOrEqualTo(20, "a twentieth");
        OwnThreshold.Of(scores.Select(score => 0.5 * score)).ShouldBe(0.5 * threshold, 1e-12, "each row is measured by its own scores");
        OwnThreshold.Of(Enumerable.Reverse(scores)).ShouldBe(threshold);
    }

    [Fact]
    public void Of_ScoresThatAreAllHigh_LeavesRoomForLooksThatWereNotSeen() => OwnThreshold.Of([0.98, 0.99, 1]).ShouldBe(0.5);

    [Fact]
    public void Of_NoExample_IsTheUsualOne() => OwnThreshold.Of([]).ShouldBe(OwnThreshold.Default);
}
