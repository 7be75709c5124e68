using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Learning.Datasets.Synthetic;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Training.Models;
using IMDD.Synthetics;
using IMDD.Testing;

namespace IMDD.Learning.Training.Tests;

/// <summary>The model that comes with the agent for synthetic surfaces.</summary>
public sealed class ShippedSurfacesBundleTests
{
    private const int MaxBytes = 8 << 20;
    private const ulong UnseenSeed = 77_000_000;

    private static string Folder => Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "surfaces");

    /// <summary>What tests a system with a defect it was never shown must not have been shown to it.</summary>
    [Fact]
    public void Lineage_IsOfOpenKindsAlone()
    {
        var bundle = ModelBundle.Open(Folder);
        using var model = EdgeModel.Load(Folder);
        var reserved = DefectKinds.Reserved.Select(k => k.Name()).ToList();
        HashSet<string> words =
        [
            .. reserved,
            .. reserved.Select(name => Vocabulary.English.Resolve(name)).OfType<string>(),
        ];

        var lineage = model.Description.Lineage;
        lineage.Data.ShouldNotBeEmpty();
        (lineage.Parent is null || lineage.EarlierData is { Count: > 0 }).ShouldBeTrue("what its parent learned from is not known");
        lineage.Data.Concat(lineage.EarlierData ?? []).ShouldAllBe(name => ShowsOpenKindsAlone(name));
        model.Description.Classes.SelectMany(c => new[] { c.Id, c.Name }.Concat(c.Synonyms)).ShouldAllBe(word => !words.Contains(word));
        bundle.Manifest.Rows.Select(r => r.ClassId).Order().ShouldBe(DefectKinds.Open.Select(k => Vocabulary.English.Resolve(k.Name()) ?? k.Name()).Order());
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length).ShouldBeLessThan(MaxBytes);
    }

    /// <summary>The check above can fail: of what would show a reserved kind, or a look that is kept for testing.</summary>
    [Theory]
    [InlineData("synthetic:seed=1,count=10", true)]
    [InlineData("synthetic:seed=1,count=10,kinds=scratch+crack", true)]
    [InlineData("synthetic:seed=1,count=10,names=base", true)]
    [InlineData("synthetic:seed=1,count=10,names=looks", true)]
    [InlineData("synthetic:seed=1,count=10,kinds=scratch+fibre", false)]
    [InlineData("synthetic:seed=1,count=10,names=unseen", false)]
    [InlineData("synthetic:seed=1,count=10,names=novellooks", false)]
    [InlineData("magnetic-tile:MT", false)]
    public void Lineage_OfOthers_IsTold(string name, bool isOpen) => ShowsOpenKindsAlone(name).ShouldBe(isOpen);

    private static bool ShowsOpenKindsAlone(string name)
    {
        const string Key = "synthetic:";
        if (!name.StartsWith(Key, StringComparison.Ordinal))
        {
            return false;
        }

        var spec = SyntheticSpec.Parse(name[Key.Length..]);
        return spec.Names != SurfaceNaming.NovelLooks && !spec.Textures.SelectMany(spec.KindsOn).Any(k => k.IsReserved());
    }

    /// <summary>Products that it never saw: the surest cell of a defective frame lies on a defect, and the defect gets its name, far more often than by chance.</summary>
    [Fact]
    public void Run_UnseenProducts_DefectsAreFoundAndNamed()
    {
        using var segmenter = SegmenterFactory.Create(ModelBundle.Open(Folder), new SegmenterOptions { Threads = 1, MaxBatch = 1 });
        int frames = 0, found = 0, named = 0;
        foreach (var texture in Enum.GetValues<SurfaceTexture>())
        {
            SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = 256, Height = 256, ProductSeed = UnseenSeed, DefectRate = 1, MaxDefects = 1 });
            for (ulong seed = 0; seed < 10; seed++)
            {
                var sample = generator.Generate(UnseenSeed + seed);
                if (sample.Defects.Count == 0)
                {
                    continue;
                }

                using RgbImage image = new(sample.Width, sample.Height);
                sample.Rgb.CopyTo(image.Pixels);
                var result = segmenter.Run([image]).Images[0];
                var (x, y) = Surest(result);
                frames++;
                if (Covers(sample, x * result.OutputStride, y * result.OutputStride, result.OutputStride))
                {
                    found++;
                    var row = segmenter.Manifest.Rows[result.Class.Span[y * result.RowStride + x]];
                    named += row.ClassId == (Vocabulary.English.Resolve(sample.Defects[0].Name) ?? sample.Defects[0].Name) ? 1 : 0;
                }
            }
        }

        ((double)found / frames).ShouldBeGreaterThan(0.6, $"{found} found and {named} named of {frames}");
        ((double)named / found).ShouldBeGreaterThan(0.6, $"{found} found and {named} named of {frames}");
    }

    private static (int X, int Y) Surest(SegmentationResult result)
    {
        var best = (X: 0, Y: 0);
        for (var y = 0; y < result.Height; y++)
        {
            for (var x = 0; x < result.Width; x++)
            {
                if (result.Defect.Span[y * result.RowStride + x] > result.Defect.Span[best.Y * result.RowStride + best.X])
                {
                    best = (x, y);
                }
            }
        }

        return best;
    }

    /// <summary>Some pixel of the cell, or next to it, is defective.</summary>
    private static bool Covers(SyntheticSample sample, int left, int top, int side)
    {
        for (var y = Math.Max(0, top - side); y < Math.Min(sample.Height, top + 2 * side); y++)
        {
            for (var x = Math.Max(0, left - side); x < Math.Min(sample.Width, left + 2 * side); x++)
            {
                if (sample.Mask[y * sample.Width + x] != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
