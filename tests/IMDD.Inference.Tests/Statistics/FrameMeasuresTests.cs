using IMDD.Imaging;
using IMDD.Inference.Statistics;

namespace IMDD.Inference.Tests.Statistics;

public sealed class FrameMeasuresTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 200)]
    [InlineData(640, 480)]
    public void Of_PlainFrameOfAnySize_HasItsShadeAndNothingElse(int width, int height)
    {
        using RgbImage image = new(width, height);
        image.Pixels.Fill(90);

        FrameMeasures.Of(image).ShouldBe(new FrameMeasures(90, 0, 0));
    }

    [Fact]
    public void Of_SmallFrame_IsExact()
    {
        // Brightness 0, 100 / 200, 60.
        using RgbImage image = new(2, 2);
        byte[] shades = [0, 100, 200, 60];
        for (var i = 0; i < 4; i++)
        {
            image.Pixels.Slice(3 * i, 3).Fill(shades[i]);
        }

        var measures = FrameMeasures.Of(image);

        measures.Brightness.ShouldBe(90);
        measures.Contrast.ShouldBe(Math.Sqrt(((90 * 90) + (10 * 10) + (110 * 110) + (30 * 30)) / 4.0), 1e-9);
        measures.Sharpness.ShouldBe((100 + 200 + 0 + 40 + 140 + 0 + 0 + 0) / 8.0, 1e-9);
    }

    [Fact]
    public void Of_NoisyFrame_IsCloseToWhatAllPixelsSay_AndBlurredItIsLessSharp()
    {
        using var noisy = Noise(600, 400, seed: 4, blur: 0);
        using var blurred = Noise(600, 400, seed: 4, blur: 4);

        var (brightness, contrast, sharpness) = FrameMeasures.Of(noisy);

        brightness.ShouldBe(120, 1.5);
        contrast.ShouldBe(40 / Math.Sqrt(12), 1);
        sharpness.ShouldBe(40 / 3.0, 1);
        FrameMeasures.Of(blurred).Sharpness.ShouldBeLessThan(0.5 * sharpness);
    }

    /// <summary>Grey levels evenly from 100 to 140, each the mean of as many draws along the row as <paramref name="blur"/> says.</summary>
    private static RgbImage Noise(int width, int height, int seed, int blur)
    {
        Random random = new(seed);
        RgbImage image = new(width, height);
        var draws = Enumerable.Range(0, (width * height) + blur).Select(_ => 100 + (40 * random.NextDouble())).ToArray();
        for (var i = 0; i < width * height; i++)
        {
            image.Pixels.Slice(3 * i, 3).Fill((byte)Math.Round(draws.AsSpan(i, blur + 1).ToArray().Average()));
        }

        return image;
    }
}
