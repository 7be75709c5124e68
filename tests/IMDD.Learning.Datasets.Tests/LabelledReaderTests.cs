using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IMDD.Imaging.Masks;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>Frozen sets of labelled frames.</summary>
public sealed class LabelledReaderTests
{
    private const int Width = 32;
    private const int Height = 24;

    [Fact]
    public void Read_PassAndFail_GiveClassesOutlinesAndGroups()
    {
        using var folder = new FixtureFolder().Image("pictures/a.png").Image("pictures/b.png");
        Write(folder, Frame(folder, "pictures/a.png"), Frame(folder, "pictures/b.png",
            """{"class":"dent","bbox":[2,3,4,5],"polygon":[2,3,5,3,5,7,2,7]},{"class":"scratch","bbox":[10,10,3,2]}"""));

        var data = DatasetReaders.Read($"labelled:{folder.Root}", strict: true);

        data.Samples.Select(s => (s.Id, s.IsAnomalous)).ShouldBe([("pictures/a.png", false), ("pictures/b.png", true)]);
        var bad = data.Samples[1];
        bad.Classes.ShouldBe(["dent", "scratch"]);
        bad.Group.ShouldStartWith("labelled:cam1:sha256:");
        bad.Category.ShouldBe("acme/ulm/paint/line2/cell3");
        bad.Polygons.Select(p => p.Class).ShouldBe(["dent", "scratch"], "a box beside an outline is one too");
        Fill(bad.Polygons).Count(v => v != 0).ShouldBe(4 * 5 + 3 * 2);
    }

    [Fact]
    public void Read_FolderWithoutKey_IsDetected()
    {
        using var folder = new FixtureFolder().Image("a.png");
        Write(folder, Frame(folder, "a.png"));

        DatasetReaders.Read(folder.Root).Key.ShouldBe("labelled");
    }

    [Fact]
    public void Read_AnyMask_IsKeptPixelByPixel()
    {
        using var folder = new FixtureFolder().Image("a.png");
        Random random = new(7);
        for (var i = 0; i < 200; i++)
        {
            // From dust to nearly full, holes and all.
            var share = random.NextDouble();
            var mask = Enumerable.Range(0, Width * Height).Select(_ => random.NextDouble() < share ? (byte)1 : (byte)0).ToArray();
            mask[random.Next(mask.Length)] = 1;
            Write(folder, Frame(folder, "a.png", $$"""{"class":"dent","bbox":[0,0,32,24],"rle":{{JsonSerializer.Serialize(Rle(mask))}}}"""));

            var sample = DatasetReaders.Read($"labelled:{folder.Root}", strict: true).Samples.ShouldHaveSingleItem();

            Fill(sample.Polygons).ShouldBe(mask);
            sample.Polygons.ShouldAllBe(p => p.Part == 1);
        }
    }

    [Theory]
    [InlineData("""{"class":"dent","bbox":[2,3,0,5]}""", "bbox")]
    [InlineData("""{"class":"","bbox":[2,3,4,5]}""", "class")]
    [InlineData("""{"bbox":[2,3,4,5]}""", "class")]
    [InlineData("""{"class":"dent","bbox":[2,3,4,5],"polygon":[1,2,3,4]}""", "polygon")]
    [InlineData("""{"class":"dent","bbox":[2,3,4,5],"polygon":[1,2,3,4,1e300,5]}""", "coordinate")]
    [InlineData("""{"class":"dent","bbox":[2,3,4,5],"rle":{"size":[24,32],"counts":"0"}}""", "Mask counts")]
    [InlineData("""{"class":"dent","bbox":[2,3,4,5],"rle":{"size":[1000000,1000000],"counts":"0"}}""", "pixels are decoded")]
    [InlineData("""{"class":"dent","bbox":[2,3,4,5],"rle":{"size":[24],"counts":"0"}}""", "size")]
    [InlineData("7", "class")]
    public void Read_RegionThatIsNone_IsReportedAndTheRestRead(string region, string expected)
    {
        using var folder = new FixtureFolder().Image("a.png").Image("b.png");
        Write(folder, Frame(folder, "a.png", region), Frame(folder, "b.png"));

        var data = DatasetReaders.Read($"labelled:{folder.Root}");

        data.Samples.ShouldHaveSingleItem().Id.ShouldBe("b.png");
        var problem = data.Problems.ShouldHaveSingleItem();
        problem.File.ShouldBe("labels.json#0");
        problem.Reason.ShouldContain(expected);
    }

    [Theory]
    [InlineData("\"file\":\"a.png\"", "\"file\":\"../a.png\"", "root")]
    [InlineData("\"file\":\"a.png\"", "\"file\":\"c.png\"", "not there")]
    [InlineData("\"sha256\":\"", "\"sha256\":\"A", "hex")]
    [InlineData("\"verdict\":\"pass\"", "\"verdict\":\"fail\"", "verdict")]
    [InlineData("\"verdict\":\"pass\"", "\"verdict\":\"undecided\"", "verdict")]
    [InlineData("\"camera\":\"cam1\"", "\"camera\":7", "camera")]
    [InlineData("\"camera\":\"cam1\"", "\"camera\":\"cam1\",\"weight\":0", "weight")]
    [InlineData("\"camera\":\"cam1\"", "\"camera\":\"cam1\",\"weight\":1.5", "weight")]
    [InlineData("\"camera\":\"cam1\"", "\"camera\":\"cam1\",\"weight\":\"1\"", "weight")]
    public void Read_FrameThatIsNone_IsReported(string good, string bad, string expected)
    {
        using var folder = new FixtureFolder().Image("a.png").Image("b.png");
        Write(folder, Frame(folder, "a.png").Replace(good, bad, StringComparison.Ordinal), Frame(folder, "b.png"));

        DatasetReaders.Read($"labelled:{folder.Root}").Problems.ShouldHaveSingleItem().Reason.ShouldContain(expected);
    }

    [Fact]
    public void Read_PictureWithOtherBytes_IsNotUsed()
    {
        using var folder = new FixtureFolder().Image("a.png");
        Write(folder, Frame(folder, "a.png"));
        folder.Image("a.png", seed: 99);

        Should.Throw<DatasetException>(() => DatasetReaders.Read($"labelled:{folder.Root}")).Message.ShouldContain("digest");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"frames":[]}""")]
    [InlineData("""{"version":1}""")]
    public void Read_FileThatIsNone_Throws(string labels)
    {
        using var folder = new FixtureFolder().Image("a.png").Text("labels.json", labels);

        Should.Throw<DatasetException>(() => DatasetReaders.Read($"labelled:{folder.Root}")).Message.ShouldContain("labels.json");
    }

    internal static string Frame(FixtureFolder folder, string file, string regions = "")
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Root, file))));
        return $$"""{"file":"{{file}}","sha256":"{{digest}}","verdict":"{{(regions.Length > 0 ? "fail" : "pass")}}","camera":"cam1","asset_path":"acme/ulm/paint/line2/cell3","regions":[{{regions}}]}""";
    }

    private static void Write(FixtureFolder folder, params string[] frames)
        => folder.Text("labels.json", new StringBuilder("{\"version\":1,\"frames\":[").AppendJoin(',', frames).Append("]}").ToString());

    private static object Rle(byte[] mask)
    {
        var rle = CocoRle.Encode(mask, Width, Height);
        return new { size = rle.Size, counts = rle.Counts };
    }

    private static byte[] Fill(IReadOnlyList<AnnotatedPolygon> polygons)
    {
        using Mat filled = new(Height, Width, MatType.CV_8UC1, Scalar.All(0));
        foreach (var polygon in polygons)
        {
            Cv2.FillPoly(filled, [polygon.Points.Chunk(2).Select(p => new Point(p[0], p[1])).ToArray()], Scalar.All(1));
        }

        filled.GetArray(out byte[] values);
        return values;
    }
}
