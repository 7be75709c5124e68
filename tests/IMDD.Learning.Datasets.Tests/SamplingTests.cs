using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Sampling;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Synthetic;
using IMDD.Synthetics;
using IMDD.Synthetics.Looks;
using IMDD.Testing;

namespace IMDD.Learning.Datasets.Tests;

public sealed class SamplingTests
{
    [Fact]
    public void Weights_Temperature_GoesFromAsIsToBalanced()
    {
        List<DatasetSample> samples = [.. Enumerable.Range(0, 100).Select(i => Sample(i, i < 90 ? "scratch" : "crack"))];

        Share(1).ShouldBe(0.10, 1e-9);
        Share(2).ShouldBe(Math.Sqrt(10) / (Math.Sqrt(10) + Math.Sqrt(90)), 1e-9);
        Share(double.PositiveInfinity).ShouldBe(0.5, 1e-9);

        double Share(double temperature) => SamplingWeights.Of(samples, s => s.Classes, temperature).Skip(90).Sum();
    }

    [Fact]
    public void Weights_BySourceClassAndSeverity_BalanceEachOfThem()
    {
        // Ninety scratches of one source, five minor and five major ones of another.
        List<DatasetSample> samples =
        [
            .. Enumerable.Range(0, 90).Select(i => Sample(i, "scratch") with { Source = "neu-det" }),
            .. Enumerable.Range(90, 10).Select(i => Sample(i, "scratch") with { Source = "mvtec", Severity = i < 95 ? "minor" : "major" }),
        ];

        var weights = SamplingWeights.Of(samples, SamplingWeights.BySourceClassAndSeverity, double.PositiveInfinity);

        weights.Take(90).Sum().ShouldBe(1.0 / 3, 1e-9);
        weights.Skip(90).Take(5).Sum().ShouldBe(1.0 / 3, 1e-9);
        weights.Skip(95).Sum().ShouldBe(1.0 / 3, 1e-9);
    }

    [Fact]
    public void Draw_ManyTimes_FollowsTheWeightsAndIsAFunctionOfPosition()
    {
        double[] weights = [0.1, 0, 0.6, 0.3];
        WeightedSampler sampler = new(weights, seed: 3);
        const int draws = 200_000;
        var counts = new int[4];
        for (ulong i = 0; i < draws; i++)
        {
            counts[sampler.Draw(i)]++;
        }

        for (var i = 0; i < 4; i++)
        {
            (counts[i] / (double)draws).ShouldBe(weights[i], 0.005);
        }

        counts[1].ShouldBe(0);
        new WeightedSampler(weights, seed: 3).Draw(12345).ShouldBe(sampler.Draw(12345));
    }

    [Fact]
    public void Protocol_Names_FallIntoThreeTiers()
    {
        OpenVocabularyProtocol protocol = new(["deep scratch", "long crack", "deep crack", "long scratch", "oil stain", "blister", "water stain", "pit", "dent"]);

        protocol.BaseNames.Count.ShouldBe(6);
        protocol.BaseNames.ShouldAllBe(n => protocol.TierOf(n) == NameTier.SeenName);
        protocol.NovelNames.ShouldAllBe(n => protocol.TierOf(n) != NameTier.SeenName);
        protocol.TierOf("gizmo").ShouldBe(NameTier.UnseenWord);
        var words = protocol.BaseNames.SelectMany(n => n.Split(' ')).ToHashSet(StringComparer.Ordinal);
        protocol.TierOf($"{words.First()} {words.Last()}").ShouldBe(NameTier.UnseenComposition);
    }

    [Fact]
    public void Synthetic_Spec_DrawsOnceWithTruth()
    {
        using TestDirectory cache = new();
        var spec = SyntheticSpec.Parse("seed=7,count=6,size=192,kinds=scratch+stain,textures=cast,defective=1");

        var data = SyntheticDataset.Read(spec, cache.Path);

        data.Samples.Count.ShouldBe(6);
        data.Samples.Count(s => s.IsAnomalous).ShouldBeGreaterThan(3);
        data.Samples.ShouldAllBe(s => s.IsAnomalous == (s.Mask != null) && s.Classes.All(c => c == "scratch" || c == "stain"));
        SyntheticDataset.Read(spec, cache.Path).Samples.Select(s => s.ImagePath).ShouldBe(data.Samples.Select(s => s.ImagePath));
        spec.Kinds.ShouldBe([DefectKind.Scratch, DefectKind.Stain]);
    }

    [Fact]
    public void Synthetic_Products_EachIsOneGroupWithItsOwnLook()
    {
        using TestDirectory cache = new();
        var spec = SyntheticSpec.Parse("seed=7,count=12,products=3,size=64,textures=cast+wood,defective=0");

        var data = SyntheticDataset.Read(spec, cache.Path);

        // Two surfaces, three products each, two frames a product.
        data.Samples.GroupBy(s => s.Group).Select(g => g.Count()).ShouldBe([2, 2, 2, 2, 2, 2]);
        data.Samples.ShouldAllBe(s => s.Group.Contains(s.Category!));
        spec.ToString().ShouldContain("products=3");
        SyntheticSpec.Parse("seed=7,count=12,products=1").ToString().ShouldBe(SyntheticSpec.Parse("seed=7,count=12").ToString());

        // The first product of a surface is the one that there is without the option.
        var single = SyntheticDataset.Read(SyntheticSpec.Parse("seed=7,count=12,size=64,textures=cast+wood,defective=0"), cache.Path);
        File.ReadAllBytes(single.Samples[1].ImagePath).ShouldBe(File.ReadAllBytes(data.Samples[1].ImagePath));
        File.ReadAllBytes(single.Samples[2].ImagePath).ShouldNotBe(File.ReadAllBytes(data.Samples[2].ImagePath));
    }

    [Fact]
    public void SurfaceNames_Tiers_ShareNoNameAndNovelOnesAreOfKnownWords()
    {
        List<(SurfaceNaming Naming, string Name)> names = [.. Enum.GetValues<SurfaceTexture>().SelectMany(texture =>
            new[] { SurfaceNaming.Base, SurfaceNaming.Novel, SurfaceNaming.Unseen }.SelectMany(
                naming => SurfaceNames.Kinds(texture, naming).Select(kind => (naming, SurfaceNames.Of(texture, kind)))))];

        OpenVocabularyProtocol protocol = new(names.Where(n => n.Naming == SurfaceNaming.Base).Select(n => n.Name), []);

        names.Select(n => n.Name).ShouldBeUnique();
        names.ShouldAllBe(n => protocol.TierOf(n.Name)
            == (n.Naming == SurfaceNaming.Base ? NameTier.SeenName : n.Naming == SurfaceNaming.Novel ? NameTier.UnseenComposition : NameTier.UnseenWord));
        names.Count(n => n.Naming == SurfaceNaming.Base).ShouldBeGreaterThan(25);
        names.Count(n => n.Naming == SurfaceNaming.Novel).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Synthetic_NovelNames_AreDrawnOnTheirSurfacesAlone()
    {
        using TestDirectory cache = new();
        var spec = SyntheticSpec.Parse("seed=3,count=12,size=96,names=novel,defective=1");

        var data = SyntheticDataset.Read(spec, cache.Path);

        var allowed = spec.Textures.SelectMany(t => SurfaceNames.Kinds(t, SurfaceNaming.Novel).Select(k => SurfaceNames.Of(t, k))).ToList();
        data.Samples.SelectMany(s => s.Classes).Distinct().Count().ShouldBeGreaterThan(2);
        data.Samples.ShouldAllBe(s => s.Classes.All(allowed.Contains) && s.Boxes.All(b => s.Classes.Contains(b.Class)));
        SyntheticSpec.Parse("seed=3").ToString().ShouldNotContain("names");
    }

    [Fact]
    public void Synthetic_Looks_AreCalledByTheirWordsAndNovelOnesAreNoneOfThem()
    {
        using TestDirectory cache = new();
        var known = SyntheticDataset.Read(SyntheticSpec.Parse("seed=3,count=24,size=96,names=looks,defective=1"), cache.Path);
        var novel = SyntheticDataset.Read(SyntheticSpec.Parse("seed=3,count=24,size=96,names=novellooks,defective=1"), cache.Path);

        known.Samples.SelectMany(s => s.Classes).Distinct().Count().ShouldBeGreaterThan(15);
        known.Samples.SelectMany(s => s.Classes).ShouldAllBe(name => !DefectLooks.Find(name)!.IsHeldOut);
        novel.Samples.SelectMany(s => s.Classes).ShouldAllBe(name => DefectLooks.Find(name)!.IsHeldOut);
        known.Samples.ShouldAllBe(s => s.Boxes.All(b => s.Classes.Contains(b.Class)));
    }

    [Theory]
    [InlineData("count=0", "count")]
    [InlineData("kinds=gremlin", "gremlin")]
    [InlineData("textures=cheese", "cheese")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("names=many", "names=many")]
    [InlineData("names=base,kinds=crack", "expected one of them")]
    public void Synthetic_BadSpec_SaysWhatWasExpected(string text, string expected)
        => Should.Throw<DatasetException>(() => SyntheticSpec.Parse(text)).Message.ShouldContain(expected);

    private static DatasetSample Sample(int i, string name) => new() { Id = $"{i}", ImagePath = "", IsAnomalous = true, Classes = [name], Group = $"{i}" };
}
