using IMDD.Cloud.Curator.Ranking;

namespace IMDD.Cloud.Curator.Tests;

public sealed class TeachingOrderTests
{
    [Fact]
    public void Rank_OutlierSeenOnce_DoesNotBeatWhatHappensOften()
    {
        List<RankedFrame> frames = [.. Enumerable.Range(0, 20).Select(i => Frame(i, 0.5, 1, 0.001f * i, 0)), Frame(20, 0.5, 0, 0, 1)];

        var priorities = TeachingOrder.Rank(frames, [], 10);

        priorities[20].ShouldBeLessThan(priorities.Max());
        priorities.OrderDescending().ElementAt(1).ShouldBe(priorities[20], "but it is the second");
    }

    [Fact]
    public void Rank_TenThousandWaiting_WithinABound_AndTheSameAgain()
    {
        Random random = new(1);
        List<RankedFrame> frames = [.. Enumerable.Range(0, 10_000).Select(i => Frame(i, random.NextDouble(), [.. Enumerable.Range(0, 64).Select(_ => random.NextSingle() - 0.5f)]))];
        var started = TimeProvider.System.GetTimestamp();

        var priorities = TeachingOrder.Rank(frames, [], 256);

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        priorities.ShouldAllBe(p => p > 0);
        TeachingOrder.Rank(frames, [], 256).ShouldBe(priorities);
    }

    private static RankedFrame Frame(int number, double worth, params float[] direction)
    {
        var length = MathF.Sqrt(direction.Sum(x => x * x));
        return new RankedFrame($"{number:D5}", worth, "model", [.. direction.Select(x => x / length)]);
    }
}
