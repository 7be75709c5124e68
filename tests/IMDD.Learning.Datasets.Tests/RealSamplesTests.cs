using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Splits;
using IMDD.Testing;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>The readers on real samples, beside the checkout where they are; the counts are those their description states.</summary>
public sealed class RealSamplesTests
{
    [Theory]
    [InlineData("mvtec", "mvtec_ad/leather", 7, 5)]
    [InlineData("mvtec", "mvtec_ad/screw", 24, 15)]
    [InlineData("kolektor", "kolektor_sdd", 20, 10)]
    [InlineData("bsdata", "bsdata", 48, 36)]
    [InlineData("deeppcb", "deeppcb", 205, 205)]
    [InlineData("elpv", "elpv", 84, -1)]
    [InlineData("gear", "gear_fault", 55, -1)]
    [InlineData("magnetic-tile", "unlicensed/magnetic_tile", 593, 293)]
    [InlineData("neu-det", "unlicensed/neu_det", 420, 420)]
    [InlineData("sd-saliency", "unlicensed/sd_saliency_900", 90, 90)]
    [InlineData("neu-seg", "unlicensed/neu_seg", 50, 50)]
    [InlineData("water-cooled", "unlicensed/water_cooled_wall", 120, 60)]
    [InlineData("hripcb", "unlicensed/hripcb", 1, 1)]
    [InlineData("crackforest", "unlicensed/crackforest", 24, 24)]
    public void Read_RealSample_HasTheStatedCounts(string key, string path, int samples, int anomalous)
    {
        var root = Root(path);

        DatasetReaders.Detect(new DatasetFolder(root)).Key.ShouldBe(key);
        var data = DatasetReaders.Read($"{key}:{root}");

        data.Samples.Count.ShouldBe(samples);
        data.Problems.ShouldBeEmpty();
        if (anomalous >= 0)
        {
            data.Samples.Count(s => s.IsAnomalous).ShouldBe(anomalous);
        }
    }

    [Fact]
    public void Read_RealBoxes_HaveTheStatedCounts()
    {
        DatasetReaders.Read("deeppcb:" + Root("deeppcb")).Samples.Sum(s => s.Boxes.Count).ShouldBe(1289);
        DatasetReaders.Read("neu-det:" + Root("unlicensed/neu_det")).Samples.Sum(s => s.Boxes.Count).ShouldBe(905);
        DatasetReaders.Read("hripcb:" + Root("unlicensed/hripcb")).Samples.Sum(s => s.Boxes.Count).ShouldBe(3);
        DatasetReaders.Read("bsdata:" + Root("bsdata")).Samples.Sum(s => s.Polygons.Count).ShouldBe(39);
    }

    [Fact]
    public void Read_MagneticTileWithoutGroupsFile_FindsMostOfThemByCorrelation()
    {
        const int groups = 50;
        var root = Root("unlicensed/magnetic_tile");
        var known = DatasetReaders.Read("magnetic-tile:" + root).Samples;
        var kept = known.Select(s => s.Group).Distinct(StringComparer.Ordinal).Take(groups).ToHashSet(StringComparer.Ordinal);
        var samples = known.Where(s => kept.Contains(s.Group)).ToList();
        using TestDirectory copy = new();
        foreach (var file in samples.SelectMany(s => (string[])[s.Id, Path.ChangeExtension(s.Id, ".png")]))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy.File(file))!);
            File.Copy(Path.Combine(root, file), copy.File(file));
        }

        var found = DatasetReaders.Read("magnetic-tile:" + copy.Path).Samples.ToDictionary(s => s.Id, s => s.Group, StringComparer.Ordinal);

        var pairs = (from a in samples from b in samples where string.CompareOrdinal(a.Id, b.Id) < 0 select (Same: a.Group == b.Group, Found: found[a.Id] == found[b.Id])).ToList();
        var right = pairs.Count(p => p.Same && p.Found);
        (right / (double)pairs.Count(p => p.Found)).ShouldBeGreaterThan(0.95);
        (right / (double)pairs.Count(p => p.Same)).ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void Join_WaterCooledCopies_FallIntoOneGroup()
    {
        var data = DatasetReaders.Read("water-cooled:" + Root("unlicensed/water_cooled_wall"));

        var (joined, problems) = new DuplicateGroups(new OpenCvImageDecoder()).Join(data.Samples);

        problems.ShouldBeEmpty();
        var digests = joined.GroupBy(s => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(s.ImagePath))), StringComparer.Ordinal);
        digests.ShouldAllBe(g => g.Select(s => s.Group).Distinct(StringComparer.Ordinal).Count() == 1);
    }

    private static string Root(string path)
    {
        var root = Repository.PathOf("..", "shared", "data", path);
        Assert.SkipWhen(!Directory.Exists(root), $"no real samples at {root}");
        return root;
    }
}
