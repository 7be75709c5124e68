using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Inference.Tiling;

namespace IMDD.Inference.Tests.Tiling;

public sealed class TiledRunTests : IDisposable
{
    private const int MaxBatch = 3;
    private static readonly SegmenterOptions Options = new() { Threads = 1, MaxBatch = MaxBatch };
    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ModelThatLooksAtEachPixelAlone_EqualsTheWholeFrameExactly(bool takesReference)
    {
        TestModel.Write(_folder, takesReference);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        Random random = new(20261128);
        for (var round = 0; round < 60; round++)
        {
            using var image = Noise(random, random.Next(1, 90), random.Next(1, 90));
            using var reference = takesReference ? Noise(random, image.Width, image.Height) : null;
            var (width, height) = (random.Next(1, 40), random.Next(1, 40));
            TilePlan plan = new(width, height, random.Next(TilePlan.LargestOverlap(width, height) + 1));
            var expected = PlaneCopy.Of(segmenter.Run([image], reference is null ? null : [reference]).Images[0]);

            var actual = PlaneCopy.Of(tiled.Run(segmenter, plan, image, reference));

            actual.ShouldBe(expected, $"{image.Width} x {image.Height} by {plan}");
        }
    }

    [Fact]
    public void Run_ModelThatSeesNoFurtherThanHalfTheOverlap_EqualsTheWholeFrameExactly()
    {
        TestModel.Write(_folder, blur: 5);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        Random random = new(5);
        using var image = Noise(random, 101, 67);
        var expected = PlaneCopy.Of(segmenter.Run([image]).Images[0]);

        // Two output pixels of two pixels each around the middle: four pixels, and four more of the neighbour's.
        PlaneCopy.Of(tiled.Run(segmenter, new TilePlan(32, 24, 8), image)).ShouldBe(expected);
        PlaneCopy.Of(tiled.Run(segmenter, new TilePlan(32, 24, 0), image)).Defect.ShouldNotBe(expected.Defect);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public void Run_DefectsOverBordersAndCorners_AreOneRegionEachAsInTheWholeFrame(int overlap)
    {
        TestModel.Write(_folder);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        using RgbImage image = new(122, 90);
        image.Pixels.Fill(20);
        (int X, int Y, int Width, int Height)[] defects = [(26, 4, 14, 6), (4, 28, 6, 12), (28, 56, 10, 14), (50, 16, 70, 4), (116, 84, 6, 6)];
        foreach (var (x, y, width, height) in defects)
        {
            for (var row = y; row < y + height; row++)
            {
                image.Pixels.Slice(3 * ((row * image.Width) + x), 3 * width).Fill((byte)(200 + x % 50));
            }
        }

        RegionOptions options = new() { PixelThreshold = 0.5 };
        var whole = RegionExtractor.Extract(segmenter.Run([image]).Images[0], segmenter.Manifest, options, image.Width, image.Height);

        var result = tiled.Run(segmenter, new TilePlan(32, 32, overlap), image);
        var regions = RegionExtractor.Extract(result, segmenter.Manifest, options, image.Width, image.Height);

        regions.Select(r => r.BboxPx).ShouldBe(defects.Select(d => (IReadOnlyList<int>)[d.X, d.Y, d.Width, d.Height]), ignoreOrder: true);
        regions.Select(ImddJson.Serialize).ShouldBe(whole.Select(ImddJson.Serialize));
        result.ImageScore.ShouldBe(228 / 255f, 1e-5f);
    }

    [Fact]
    public void Run_EveryTile_IsOfOneSizeAndInBatches()
    {
        TestModel.Write(_folder);
        using var real = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using CountingSegmenter segmenter = new(real);
        using TiledRun tiled = new(MaxBatch);
        using RgbImage image = new(100, 70);
        image.Pixels.Clear();

        tiled.Run(segmenter, new TilePlan(50, 34, 5), image);

        // 52 and 36 by 8 shared, in multiples of 4: 0, 44, 48 and 0, 28, 36.
        segmenter.Runs.ShouldBe([(3, 52, 36), (3, 52, 36), (3, 52, 36)]);
        new TilePlan(50, 34, 5).SizeFor(TestModel.Stride).ShouldBe((52, 36));
        segmenter.Runs.Clear();

        tiled.Run(segmenter, new TilePlan(100, 70, 5), image);

        segmenter.Runs.ShouldBe([(1, 100, 70)]);
    }

    [Fact]
    public void Run_Embedding_IsTheMeanOfTheTiles()
    {
        TestModel.Write(_folder);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        using RgbImage image = new(48, 16);
        for (var row = 0; row < image.Height; row++)
        {
            image.Pixels.Slice(3 * row * 48, 3 * 16).Fill(51);
            image.Pixels.Slice(3 * ((row * 48) + 16), 3 * 32).Fill(102);
        }

        var result = tiled.Run(segmenter, new TilePlan(16, 16, 0), image);

        result.Embedding.Span[0].ShouldBe((0.2f + 0.4f + 0.4f) / 3, 1e-5f);
        tiled.Run(segmenter, new TilePlan(16, 16, 0), image).Embedding.Span[0].ShouldBe((0.2f + 0.4f + 0.4f) / 3, 1e-5f, "nothing is left of the frame before");
    }

    [Fact]
    public void Run_ReferenceOfAnotherSize_IsAnError()
    {
        TestModel.Write(_folder, takesReference: true);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        using RgbImage image = new(100, 70);
        using RgbImage small = new(90, 70);

        Should.Throw<ArgumentException>(() => tiled.Run(segmenter, new TilePlan(32, 32, 4), image, small)).Message.ShouldContain("The reference is 90 x 70");
        Should.Throw<ArgumentException>(() => tiled.Run(segmenter, new TilePlan(32, 32, 4), image)).Message.ShouldContain("reference");
    }

    [Fact]
    public void Run_Repeated_AllocatesNextToNothing()
    {
        TestModel.Write(_folder);
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(_folder.Path), Options);
        using TiledRun tiled = new(MaxBatch);
        using RgbImage image = new(512, 512);
        image.Pixels.Clear();
        TilePlan plan = new(256, 256, 32);
        tiled.Run(segmenter, plan, image);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var run = 0; run < 10; run++)
        {
            tiled.Run(segmenter, plan, image);
        }

        // Nine tiles in three runs: a result a tile, and what the runs themselves need.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 10).ShouldBeLessThan(3 * 4096);
    }

    [Theory]
    [InlineData(0, 32, 0)]
    [InlineData(32, 0, 0)]
    [InlineData(32, 16385, 0)]
    [InlineData(32, 32, -1)]
    [InlineData(32, 64, 17)]
    public void Plan_OutOfRange_IsAnError(int width, int height, int overlap)
        => Should.Throw<ArgumentOutOfRangeException>(() => new TilePlan(width, height, overlap));

    [Theory]
    [InlineData("512x384", 512, 384)]
    [InlineData("1X16384", 1, 16384)]
    public void FrameSize_WidthAndHeight_AreRead(string text, int width, int height)
    {
        FrameSize.TryParse(text, out var size).ShouldBeTrue();

        size.ShouldBe((width, height));
    }

    [Theory]
    [InlineData("")]
    [InlineData("512")]
    [InlineData("x512")]
    [InlineData("512x")]
    [InlineData("512x-3")]
    [InlineData("512x0")]
    [InlineData("512 x 512")]
    [InlineData("512x16385")]
    [InlineData("99999999999x5")]
    public void FrameSize_AnythingElse_IsNone(string text) => FrameSize.TryParse(text, out _).ShouldBeFalse();

    private static RgbImage Noise(Random random, int width, int height)
    {
        RgbImage image = new(width, height);
        random.NextBytes(image.Pixels);
        return image;
    }
}
