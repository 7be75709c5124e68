using IMDD.Learning.Training.Runs;

namespace IMDD.Learning.Training.Tests;

public sealed class LearningRateTests
{
    [Fact]
    public void At_WholeRun_RisesThenFalls()
    {
        var rates = Enumerable.Range(0, 1000).Select(step => LearningRate.At(step, 1000, 0.004)).ToList();

        rates.Max().ShouldBe(0.004, 1e-9);
        rates.IndexOf(rates.Max()).ShouldBe(49);
        rates.Take(50).ShouldBeInOrder(SortDirection.Ascending);
        rates.Skip(50).ShouldBeInOrder(SortDirection.Descending);
        rates[^1].ShouldBe(0.00004, 1e-6);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(5, 2)]
    public void At_ShortRun_IsAPositiveRate(long step, long steps) => LearningRate.At(step, steps, 1).ShouldBeInRange(0.009, 1);
}
