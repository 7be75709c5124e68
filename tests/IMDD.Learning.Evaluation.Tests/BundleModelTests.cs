using IMDD.Contracts.Models;
using IMDD.Imaging;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Tests;

public sealed class BundleModelTests
{
    /// <summary>What lies below the threshold is ranked behind what does not, and decides nothing.</summary>
    [Fact]
    public void Predict_PeaksBelowTheThreshold_AreInstancesThatDoNotDecide()
    {
        using BundleModel model = new(new ComparingSegmenter());
        using RgbImage black = new(40, 20), picture = new(40, 20);
        black.Pixels.Clear(); // what is rented is not empty
        picture.Pixels.Clear();
        Fill(picture, 2, 2, 6, 5, 102); // 0.4
        Fill(picture, 1, 1, 8, 7, 92, frame: true); // around it, at 0.36
        Fill(picture, 20, 2, 4, 4, 77); // 0.3: over half the threshold
        Fill(picture, 30, 2, 4, 4, 38); // 0.15: over a quarter
        Fill(picture, 20, 12, 4, 4, 15); // 0.06: over an eighth
        Fill(picture, 30, 12, 4, 4, 5); // 0.02: nothing

        var instances = model.Predict(picture, 0.35, black).Instances;

        instances.Select(i => (i.Box, i.IsDecisive)).ShouldBe(
            [(new Box(1, 1, 9, 8), true), (new Box(20, 2, 24, 6), false), (new Box(30, 2, 34, 6), false), (new Box(20, 12, 24, 16), false)]);
        instances.Select(i => i.Score).ShouldBeInOrder(SortDirection.Descending);
        model.Predict(picture, 0.9, black).Instances.Where(i => i.IsDecisive).ShouldBeEmpty();
        model.Predict(picture, null, black).Instances.ShouldBeEmpty();
    }

    [Fact]
    public void Predict_BundleThatSaysHowSurelyRegionsAreDefects_RanksByThatUnlessTold()
    {
        ComparingSegmenter segmenter = new() { RegionConfidence = new BundleRegionConfidence(-4, 1, 1) };
        using BundleModel model = new(segmenter), plain = new(segmenter, ranksByConfidence: false);
        using RgbImage black = new(40, 20), picture = new(40, 20);
        black.Pixels.Clear();
        picture.Pixels.Clear();
        Fill(picture, 2, 2, 2, 2, 128); // small, at half
        Fill(picture, 20, 2, 12, 12, 102); // large, at 0.4

        var ranked = model.Predict(picture, 0.35, black).Instances;

        ranked.Select(i => i.Box).ShouldBe([new Box(20, 2, 32, 14), new Box(2, 2, 4, 4)]);
        ranked[0].Score.ShouldBe(1 / (1 + Math.Exp(-(-4 + Math.Log(0.4 / 0.6) + Math.Log(144)))), 1e-5);
        plain.Predict(picture, 0.35, black).Instances.Select(i => i.Box).ShouldBe([new Box(2, 2, 4, 4), new Box(20, 2, 32, 14)]);
    }

    private static void Fill(RgbImage image, int x, int y, int width, int height, byte value, bool frame = false)
    {
        for (var row = y; row < y + height; row++)
        {
            for (var column = x; column < x + width; column++)
            {
                if (!frame || row == y || row == y + height - 1 || column == x || column == x + width - 1)
                {
                    image.Pixels[3 * ((row * image.Width) + column)] = value;
                }
            }
        }
    }
}
