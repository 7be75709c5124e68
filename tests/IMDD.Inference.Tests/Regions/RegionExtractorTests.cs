using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Imaging.Masks;
using IMDD.Inference.Regions;

namespace IMDD.Inference.Tests.Regions;

public sealed class RegionExtractorTests
{
    private static readonly RegionOptions Half = new() { PixelThreshold = 0.5 };

    private static readonly BundleManifest Manifest = CreateManifest(
        new BundleRow("scratch", "scratch", "text", 0.5),
        new BundleRow("scratch", "scrape", "text", 0.3),
        new BundleRow("pit", "pit", "text", 0.5),
        new BundleRow("stain", "stain", "text", 0.5),
        new BundleRow("dent", "dent", "text", 0.5));

    [Fact]
    public void Extract_NothingAboveTheThreshold_IsNone()
        => RegionExtractor.Extract(new Planes(20, 10).Fill(0, 0, 20, 10, 0.49f).Result(), Manifest, Half, 20, 10).Count.ShouldBe(0);

    [Fact]
    public void Extract_OneRectangle_IsDescribedInFramePixels()
    {
        var result = new Planes(20, 10, scale: 4).Fill(3, 2, 5, 2, 0.8f).Fill(4, 2, 1, 1, 0.95f).Result();

        var region = RegionExtractor.Extract(result, Manifest, Half, 80, 40).ShouldHaveSingleItem();

        region.Class.ShouldBe("scratch");
        region.Score.ShouldBe(0.95, 1e-6);
        region.BboxPx.ShouldBe([12, 8, 20, 8]);
        region.AreaPx.ShouldBe(160);
        CocoRle.Area(region.MaskRle).ShouldBe(160);
        region.ContourPx.Chunk(2).Select(point => (point[0], point[1])).ShouldBe([(12, 8), (12, 15), (31, 15), (31, 8)], ignoreOrder: true);
    }

    [Fact]
    public void Extract_BundleThatSaysHowSurelyRegionsAreDefects_TellsItAndKeepsScoresAndTheirOrder()
    {
        var result = new Planes(40, 10, scale: 4).Fill(3, 2, 2, 1, 0.9f).Fill(20, 2, 10, 5, 0.8f).Result();
        var fitted = Manifest with { RegionConfidence = new BundleRegionConfidence(-5, 1.5, 0.7) };

        var plain = RegionExtractor.Extract(result, Manifest, Half, 160, 40);
        var told = RegionExtractor.Extract(result, fitted, Half, 160, 40);

        plain.Select(region => (region.AreaPx, region.Score, region.Confidence)).ShouldBe([(32, 0.9, null), (800, 0.8, null)]);
        told.Select(region => (region.AreaPx, region.Score)).ShouldBe([(32, 0.9), (800, 0.8)]);
        told[0].Confidence!.Value.ShouldBe(Sigmoid(-5 + (1.5 * Math.Log(9)) + (0.7 * Math.Log(32))), 1e-5);
        told[1].Confidence!.Value.ShouldBe(Sigmoid(-5 + (1.5 * Math.Log(4)) + (0.7 * Math.Log(800))), 1e-5);

        static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
    }

    [Fact]
    public void Extract_PixelThatIsSureWithoutAnyDoubt_HasAFiniteConfidence()
    {
        var fitted = Manifest with { RegionConfidence = new BundleRegionConfidence(0, 1, 0) };

        RegionExtractor.Extract(new Planes(20, 10).Fill(3, 2, 5, 2, 1f).Result(), fitted, Half, 20, 10).ShouldHaveSingleItem().Confidence!.Value.ShouldBe(0.999999, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Extract_ScoreOfANameThatIsNoNumber_IsAFaultOfTheModel(float score)
    {
        Planes planes = new(20, 10);
        planes.Fill(3, 2, 5, 2, 0.8f);
        planes.ClassScore[(2 * 20) + 4] = score;

        var fault = Should.Throw<SegmenterException>(() => RegionExtractor.Extract(planes.Result(), Manifest, Half, 20, 10));

        fault.Fault.ShouldBe(SegmenterFault.NotFinite);
        fault.Message.ShouldContain("class_score");
    }

    [Fact]
    public void Extract_PaddingOfThePlanes_IsNotLookedAt()
    {
        Planes planes = new(10, 6, scale: 2, padding: 6);
        Array.Fill(planes.Defect, 1f);
        for (var y = 0; y < 6; y++)
        {
            Array.Fill(planes.Defect, 0f, y * 16, 10);
        }

        RegionExtractor.Extract(planes.Result(), Manifest, Half, 19, 11).Count.ShouldBe(0);
    }

    [Fact]
    public void Extract_CellsOverTheFramesEdge_AreCut()
    {
        var result = new Planes(10, 6, scale: 4).Fill(8, 4, 2, 2, 1f).Result();

        var region = RegionExtractor.Extract(result, Manifest, Half, 37, 22).ShouldHaveSingleItem();

        region.BboxPx.ShouldBe([32, 16, 5, 6]);
        region.AreaPx.ShouldBe(30);
        CocoRle.Area(region.MaskRle).ShouldBe(30);
    }

    [Fact]
    public void Extract_AnyPlanes_RegionsAreDisjointAndTheirFiguresAgree()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            Random random = new(seed);
            var scale = random.Next(1, 5);
            var (width, height) = (random.Next(5, 40), random.Next(5, 40));
            var (frameWidth, frameHeight) = ((width * scale) - random.Next(scale), (height * scale) - random.Next(scale));
            Planes planes = new(width, height, scale, padding: random.Next(4));
            for (var blob = 0; blob < 12; blob++)
            {
                var (x, y) = (random.Next(width - 3), random.Next(height - 3));
                planes.Fill(x, y, random.Next(1, 4), random.Next(1, 4), random.NextSingle(), random.Next(5), random.NextSingle());
            }

            var regions = RegionExtractor.Extract(planes.Result(), Manifest, Half with { MaxRegions = 100 }, frameWidth, frameHeight);

            var covered = new int[frameWidth * frameHeight];
            foreach (var region in regions)
            {
                CocoRle.Area(region.MaskRle).ShouldBe(region.AreaPx, $"seed {seed}");
                CocoRle.BoundingBox(region.MaskRle).ShouldBe(region.BboxPx, $"seed {seed}");
                var mask = CocoRle.Decode(region.MaskRle);
                for (var index = 0; index < mask.Length; index++)
                {
                    covered[index] += mask[index];
                }

                foreach (var point in region.ContourPx.Chunk(2))
                {
                    point[0].ShouldBeInRange(region.BboxPx[0], region.BboxPx[0] + region.BboxPx[2] - 1);
                    point[1].ShouldBeInRange(region.BboxPx[1], region.BboxPx[1] + region.BboxPx[3] - 1);
                }
            }

            var result = planes.Result();
            for (var index = 0; index < covered.Length; index++)
            {
                var cell = (index / frameWidth / scale * result.RowStride) + (index % frameWidth / scale);
                covered[index].ShouldBe(result.Defect.Span[cell] >= 0.5f ? 1 : 0, $"seed {seed}, pixel {index}");
            }

            regions.Select(region => region.Score).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public void Extract_SmallRegions_AreDropped()
    {
        var result = new Planes(20, 10, scale: 2).Fill(1, 1, 2, 2, 1f).Fill(10, 1, 3, 2, 0.7f).Result();

        var region = RegionExtractor.Extract(result, Manifest, Half with { MinAreaPx = 17 }, 40, 20).ShouldHaveSingleItem();

        region.AreaPx.ShouldBe(24);
    }

    [Fact]
    public void Extract_MoreRegionsThanAllowed_KeepsTheWorstAndCountsTheRest()
    {
        Planes planes = new(40, 10);
        for (var index = 0; index < 10; index++)
        {
            planes.Fill(index * 4, 2, 1, 1, 0.5f + (index * 0.04f));
        }

        var regions = RegionExtractor.Extract(planes.Result(), Manifest, Half with { MaxRegions = 3 }, 40, 10);

        regions.Select(region => region.BboxPx[0]).ShouldBe([36, 32, 28]);
        regions.Omitted.ShouldBe(7);
    }

    [Fact]
    public void Extract_IgnoreArea_HidesWhatIsInside()
    {
        var result = new Planes(20, 20, scale: 2).Fill(2, 2, 4, 4, 1f).Fill(12, 12, 4, 4, 1f).Result();
        double[] triangle = [0, 0, 30, 0, 0, 30];

        var region = RegionExtractor.Extract(result, Manifest, Half with { IgnoreAreas = [triangle] }, 40, 40).ShouldHaveSingleItem();

        region.BboxPx.ShouldBe([24, 24, 8, 8]);
    }

    [Fact]
    public void Extract_IgnoreAreaAcrossARegion_CutsItAtThePixel()
    {
        var result = new Planes(20, 20).Fill(5, 5, 10, 10, 1f).Result();
        double[] rightHalf = [10, 0, 20, 0, 20, 20, 10, 20];

        var region = RegionExtractor.Extract(result, Manifest, Half with { IgnoreAreas = [rightHalf] }, 20, 20).ShouldHaveSingleItem();

        region.BboxPx.ShouldBe([5, 5, 5, 10]);
    }

    [Fact]
    public void Extract_IgnoreAreaThatIsNone_SaysSo()
        => Should.Throw<ArgumentException>(() => RegionExtractor.Extract(
            new Planes(4, 4).Result(), Manifest, Half with { IgnoreAreas = [new double[] { 1, 2, 3, 4 }] }, 4, 4)).Message.ShouldContain("three points");

    /// <summary>A frame that fails by its score says where and what.</summary>
    [Theory]
    [InlineData(0.7f, 1)]
    [InlineData(0.69f, 0)]
    public void Extract_ImageThresholdReachedWithoutARegion_IsTheOneAroundThePeak(float imageScore, int expected)
    {
        var planes = new Planes(40, 20).Fill(0, 0, 40, 20, 0.1f).Fill(4, 4, 6, 3, 0.22f, row: 3).Fill(5, 5, 2, 1, 0.4f, row: 3).Fill(20, 4, 4, 4, 0.3f, row: 2);
        planes.Fill(9, 4, 1, 3, 0.19f, row: 3); // under half of the peak

        var regions = RegionExtractor.Extract(planes.Result(imageScore), Manifest, Half with { ImageThreshold = 0.7 }, 40, 20);

        regions.Count.ShouldBe(expected);
        regions.Omitted.ShouldBe(0);
        foreach (var region in regions)
        {
            (region.Class, region.Score).ShouldBe(("stain", 0.4));
            region.BboxPx.ShouldBe([4, 4, 5, 3]);
        }
    }

    [Fact]
    public void Extract_ImageThresholdReachedWithARegion_IsThatRegionAlone()
    {
        var result = new Planes(20, 10).Fill(2, 2, 3, 3, 0.6f).Fill(10, 2, 3, 3, 0.4f).Result(imageScore: 1);

        RegionExtractor.Extract(result, Manifest, Half with { ImageThreshold = 0.7 }, 20, 10).ShouldHaveSingleItem().BboxPx.ShouldBe([2, 2, 3, 3]);
    }

    [Theory]
    [InlineData("nothing anywhere", 0f, 1)]
    [InlineData("too small", 0.4f, 10)]
    [InlineData("ignored", 0.4f, 1)]
    public void Extract_ImageThresholdReachedWithoutAPeakThatCounts_IsNone(string why, float peak, long minArea)
    {
        var result = new Planes(20, 10).Fill(2, 2, 3, 3, peak).Result(imageScore: 1);
        double[] left = [0, 0, 10, 0, 10, 10, 0, 10];
        var options = Half with { ImageThreshold = 0.7, MinAreaPx = minArea, IgnoreAreas = why == "ignored" ? [left] : [] };

        RegionExtractor.Extract(result, Manifest, options, 20, 10).Count.ShouldBe(0, why);
    }

    [Fact]
    public void Extract_TwoWordsOfOneClass_CountTogether()
    {
        // Three fifths are scratches under two words; pit is the single best word.
        var result = new Planes(20, 4)
            .Fill(0, 0, 3, 1, 1f, row: 0, classScore: 0.6f)
            .Fill(3, 0, 3, 1, 1f, row: 1, classScore: 0.6f)
            .Fill(6, 0, 4, 1, 1f, row: 2, classScore: 0.7f)
            .Result();

        var region = RegionExtractor.Extract(result, Manifest, Half, 20, 4).ShouldHaveSingleItem();

        region.Class.ShouldBe("scratch");
        region.Alternatives.ShouldBe([new ClassScore("pit", 0.28)]);
    }

    [Fact]
    public void Extract_BestRowUnderItsThreshold_IsUnknownWithTheNamesListed()
    {
        var result = new Planes(20, 4)
            .Fill(0, 0, 5, 1, 1f, row: 2, classScore: 0.45f)
            .Fill(5, 0, 2, 1, 1f, row: 3, classScore: 0.9f)
            .Fill(7, 0, 1, 1, 1f, row: 4, classScore: 0.9f)
            .Result();

        var region = RegionExtractor.Extract(result, Manifest, Half, 20, 4).ShouldHaveSingleItem();

        region.Class.ShouldBe(BundleClass.UnknownDefect);
        region.Alternatives.Select(name => name.Class).ShouldBe(["pit", "stain"]);
    }

    /// <summary>A word whose threshold was set high leaves a region the name that it has on enough of it, and no other.</summary>
    [Theory]
    [InlineData(6, 0.45f, 0.6f, "stain")]
    [InlineData(7, 0.45f, 0.6f, BundleClass.UnknownDefect)]
    [InlineData(6, 0.45f, 0.4f, BundleClass.UnknownDefect)]
    [InlineData(6, 0.6f, 0.6f, "pit")]
    public void Extract_BestRowUnderItsThreshold_TheNextNamesARegionThatIsAThirdItsOwn(int cells, float best, float next, string name)
    {
        var result = new Planes(20, 4).Fill(0, 0, 9, 1, 1f, row: 2, classScore: best).Fill(cells, 0, 9 - cells, 1, 1f, row: 3, classScore: next).Result();

        RegionExtractor.Extract(result, Manifest, Half, 20, 4).ShouldHaveSingleItem().Class.ShouldBe(name);
    }

    [Fact]
    public void Extract_RowThatTheBundleLacks_IsAnError()
        => Should.Throw<SegmenterException>(() => RegionExtractor.Extract(
            new Planes(4, 4).Fill(0, 0, 1, 1, 1f, row: 9).Result(), Manifest, Half, 4, 4)).Message.ShouldContain("row 9");

    [Fact]
    public void Extract_PlanesOfAnotherFrame_IsAnError()
        => Should.Throw<SegmenterException>(() => RegionExtractor.Extract(new Planes(4, 4, 2).Result(), Manifest, Half, 20, 8));

    [Fact]
    public void Extract_ThousandsOfSpecks_StaysBounded()
    {
        Planes planes = new(512, 512);
        for (var y = 0; y < 512; y += 2)
        {
            for (var x = 0; x < 512; x += 2)
            {
                planes.Fill(x, y, 1, 1, 0.9f);
            }
        }

        var regions = RegionExtractor.Extract(planes.Result(), Manifest, Half with { MaxRegions = 16 }, 512, 512);

        regions.Count.ShouldBe(16);
        regions.Omitted.ShouldBe((256 * 256) - 16);
    }

    private static BundleManifest CreateManifest(params BundleRow[] rows) => new()
    {
        SchemaVersion = 1,
        ContractVersion = 1,
        Name = "test",
        Version = "1",
        ReleaseCounter = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Files = [],
        Inputs = [],
        Outputs = [],
        Stride = 1,
        Opset = 17,
        Rows = rows,
        Classes = [],
        PixelThreshold = 0.5,
    };
}
