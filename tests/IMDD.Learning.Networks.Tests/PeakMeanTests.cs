using TorchSharp;

namespace IMDD.Learning.Networks.Tests;

public sealed class PeakMeanTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(12, 12, 1)]
    [InlineData(32, 32, 3)]
    [InlineData(64, 64, 5)]
    [InlineData(128, 128, 11)]
    [InlineData(16, 112, 5)]
    [InlineData(512, 512, 43)]
    public void Count_AnySides_IsATwelfthOfTheMeanOne(long height, long width, long expected) => PeakMean.Count(height, width).ShouldBe(expected);

    [Fact]
    public void Of_SeveralMaps_IsTheMeanOfEachOnesLargest()
    {
        using var scope = torch.NewDisposeScope();
        var maps = torch.zeros(2, 32, 32);
        maps[0, 3, 4] = 3f;
        maps[0, 30, 1] = 6f;
        maps[1].fill_(-2f);

        PeakMean.Of(maps).data<float>().ToArray().ShouldBe([3f, -2f]);
    }

    [Fact]
    public void Of_AThinLine_CountsAsMuchAsABlotOfItsCells()
    {
        using var scope = torch.NewDisposeScope();
        var maps = torch.full([2, 64, 64], -4f);
        maps[0].select(0, 20).slice(0, 10, 19, 1).fill_(5f);
        maps[1].slice(0, 20, 23, 1).slice(1, 10, 13, 1).fill_(5f);

        var scores = PeakMean.Of(maps).data<float>().ToArray();

        scores[0].ShouldBe(5f);
        scores[0].ShouldBe(scores[1]);
    }

    [Fact]
    public void Of_ALearnedMap_TeachesTheCellsThatItTook()
    {
        using var scope = torch.NewDisposeScope();
        var maps = torch.rand(1, 32, 32).requires_grad_();

        PeakMean.Of(maps).sum().backward();

        maps.grad!.count_nonzero().item<long>().ShouldBe(PeakMean.Count(32, 32));
        maps.grad.sum().item<float>().ShouldBe(1f, 1e-5f);
    }
}
