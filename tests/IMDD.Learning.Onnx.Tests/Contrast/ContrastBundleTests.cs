using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Learning.Onnx.Contrast;
using IMDD.Testing;

namespace IMDD.Learning.Onnx.Tests.Contrast;

public sealed class ContrastBundleTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Write_Again_IsByteForByteTheBundleBesideTheAgent()
    {
        var kept = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");

        ContrastBundle.Write(_directory.Path);

        Files(_directory.Path).ShouldBe(Files(kept));
        foreach (var file in Files(kept))
        {
            File.ReadAllBytes(_directory.File(file)).ShouldBe(File.ReadAllBytes(Path.Combine(kept, file)), $"{file}; write it anew with: imdd bundle contrast");
        }
    }

    [Theory]
    [InlineData(1, 64, 64)]
    [InlineData(2, 96, 160)]
    [InlineData(3, 256, 32)]
    public void Run_RandomTexture_AgreesWithTheReference(int seed, int width, int height)
    {
        using var segmenter = Segmenter();
        using var image = Texture(seed, width, height);
        var expected = ContrastReference.Compute(image);

        var result = segmenter.Run([image]).Images[0];

        (result.Width, result.Height).ShouldBe((expected.Width, expected.Height));
        var defect = result.Defect.ToArray();
        for (var index = 0; index < defect.Length; index++)
        {
            ((double)defect[index]).ShouldBe(expected.Defect[index], 1e-3, $"element {index}");
        }

        ((double)result.ImageScore).ShouldBe(expected.ImageScore, 1e-3);
        result.Embedding.ToArray().Select(value => (double)value).Zip(expected.Embedding, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4);
        result.Class.ToArray().ShouldAllBe(row => row == 0);
        result.ClassScore.ToArray().ShouldBe(defect);
        result.ClassMargin.ToArray().ShouldAllBe(margin => margin == 1);
    }

    [Fact]
    public void Run_RegularTexture_DoesNotFireAndAScratchOnItDoes()
    {
        using var segmenter = Segmenter();
        using var good = Weave(scratched: false);
        using var bad = Weave(scratched: true);

        var goodScore = segmenter.Run([good]).Images[0].ImageScore;
        var result = segmenter.Run([bad]).Images[0];

        goodScore.ShouldBeLessThan(0.3f);
        result.ImageScore.ShouldBeGreaterThan(0.7f);
        var region = RegionExtractor.Extract(result, segmenter.Manifest, new RegionOptions { PixelThreshold = 0.5 }, 256, 256)[0];
        region.Class.ShouldBe(ContrastBundle.ClassId);
        region.BboxPx[0].ShouldBeInRange(56, 66);
        (region.BboxPx[0] + region.BboxPx[2]).ShouldBeInRange(196, 206);
    }

    [Fact]
    public void Run_SlowLightAcrossThePicture_DoesNotFire()
    {
        using var segmenter = Segmenter();
        using RgbImage image = new(256, 256);
        for (var index = 0; index < 256 * 256; index++)
        {
            image.Pixels.Slice(index * 3, 3).Fill((byte)(40 + (index % 256 / 2) + (index / 256 / 4)));
        }

        segmenter.Run([image]).Images[0].ImageScore.ShouldBeLessThan(0.2f);
    }

    private static string[] Files(string directory)
        => [.. Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file)).Order(StringComparer.Ordinal)];

    private static RgbImage Texture(int seed, int width, int height)
    {
        Random random = new(seed);
        RgbImage image = new(width, height);
        for (var index = 0; index < image.Pixels.Length; index++)
        {
            image.Pixels[index] = (byte)(90 + random.Next(40) + (index / 3 % width / 10 % 2 * 15));
        }

        image.Pixels.Slice(width * (height / 2) * 3, width).Fill(250);
        return image;
    }

    /// <summary>Threads four pixels wide, up and down, with a scratch from (60, 100) to (200, 100).</summary>
    private static RgbImage Weave(bool scratched)
    {
        Random random = new(5);
        RgbImage image = new(256, 256);
        for (var y = 0; y < 256; y++)
        {
            for (var x = 0; x < 256; x++)
            {
                var value = 100 + (((x / 4) + (y / 4)) % 2 * 40) + random.Next(8);
                image.Pixels.Slice(((y * 256) + x) * 3, 3).Fill((byte)(scratched && y is >= 98 and < 106 && x is >= 60 and < 200 ? value / 6 : value));
            }
        }

        return image;
    }

    private ISegmenter Segmenter()
    {
        ContrastBundle.Write(_directory.Path);
        return SegmenterFactory.Create(ModelBundle.Open(_directory.Path), new SegmenterOptions { Threads = 1 });
    }
}
