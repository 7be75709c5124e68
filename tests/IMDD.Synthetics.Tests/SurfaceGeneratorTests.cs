using System.Collections.Concurrent;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Synthetics.Tests;

public sealed class SurfaceGeneratorTests(ITestOutputHelper output)
{
    private const int Small = 128;

    public static TheoryData<SurfaceTexture> Textures => [.. Enum.GetValues<SurfaceTexture>()];

    [Fact]
    public void Generate_ByManyThreads_EqualsOneThread()
    {
        var generators = Enum.GetValues<SurfaceTexture>().Select(t => Make(t, defectRate: 0.5)).ToArray();
        var serial = Enumerable.Range(0, 60).Select(i => Digest(generators[i % 6].Generate((ulong)i))).ToArray();
        ConcurrentDictionary<int, string> parallel = [];

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => parallel[i] = Digest(generators[i % 6].Generate((ulong)i)));

        Enumerable.Range(0, 60).Select(i => parallel[i]).ShouldBe(serial);
    }

    [Fact]
    public void Generate_AnotherSeedOrProduct_GivesAnotherFrame()
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var texture in Enum.GetValues<SurfaceTexture>())
        {
            for (ulong product = 1; product <= 3; product++)
            {
                SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = Small, Height = Small, ProductSeed = product });
                digests.Add(Digest(generator.Generate(1, [])));
                digests.Add(Digest(generator.Generate(2, [])));
            }
        }

        digests.Count.ShouldBe(6 * 3 * 2);
    }

    [Theory]
    [MemberData(nameof(Textures))]
    public void Generate_EveryKindAtEverySize_MasksAgreeWithBoxesAreasAndTheWhole(SurfaceTexture texture)
    {
        foreach (var (width, height) in new[] { (64, 64), (97, 151), (320, 200) })
        {
            SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = width, Height = height });
            for (ulong seed = 0; seed < 48; seed++)
            {
                var sample = generator.Generate(seed, [DefectKinds.All[(int)(seed % 16)], DefectKinds.All[(int)((seed * 5 + 3) % 16)]]);

                sample.Rgb.Length.ShouldBe(width * height * 3);
                var union = new byte[width * height];
                foreach (var defect in sample.Defects)
                {
                    AssertConsistent(defect, width, height);
                    for (var i = 0; i < defect.Mask.Length; i++)
                    {
                        union[(defect.Y + i / defect.Width) * width + defect.X + i % defect.Width] |= defect.Mask[i];
                    }
                }

                union.ShouldBe(sample.Mask);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Textures))]
    public void Generate_AgainstItsGoodTwin_DiffersInsideTheMaskAndNotFarOutside(SurfaceTexture texture)
    {
        var generator = Make(texture, 0);
        var changes = new List<(string Kind, double Inside)>();
        foreach (var kind in DefectKinds.For(texture).Concat(DefectKinds.Reserved))
        {
            for (ulong seed = 0; seed < 6; seed++)
            {
                var bad = generator.Generate(seed * 31 + (ulong)kind, [kind]);
                var good = generator.Generate(seed * 31 + (ulong)kind, []);
                good.Defects.ShouldBeEmpty();
                good.Mask.ShouldAllBe(m => m == 0);
                if (bad.Defects.Count == 0)
                {
                    continue;
                }

                var near = Dilate(bad.Mask, bad.Width, bad.Height, SoftBorder(kind));
                double inside = 0;
                var outside = 0;
                for (var i = 0; i < near.Length; i++)
                {
                    var difference = Enumerable.Range(0, 3).Max(c => Math.Abs(bad.Rgb[3 * i + c] - good.Rgb[3 * i + c]));
                    inside += bad.Mask[i] != 0 ? difference : 0;
                    outside = near[i] ? outside : Math.Max(outside, difference);
                }

                outside.ShouldBe(0, $"{kind} on {texture}, seed {seed}");
                changes.Add((kind.Name(), inside / bad.Mask.Count(m => m != 0)));
            }
        }

        foreach (var kind in changes.GroupBy(c => c.Kind))
        {
            output.WriteLine($"{texture} {kind.Key}: mean change inside {string.Join(' ', kind.Select(c => c.Inside.ToString("F1")))}");
        }

        changes.Count(c => c.Inside >= 4).ShouldBeGreaterThan((int)(changes.Count * 0.85));
    }

    [Fact]
    public void Generate_ByDefault_NeverDrawsAReservedKind()
    {
        var drawn = new HashSet<DefectKind>();
        foreach (var texture in Enum.GetValues<SurfaceTexture>())
        {
            SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = 64, Height = 64, DefectRate = 1, MaxDefects = 8 });
            for (ulong seed = 0; seed < 60; seed++)
            {
                drawn.UnionWith(generator.Generate(seed).Defects.Select(d => d.Kind!.Value));
            }
        }

        drawn.Order().ShouldBe(DefectKinds.Open.Order());
    }

    [Fact]
    public void Generate_WithARate_HasAboutThatShareOfDefectiveFrames()
    {
        var generator = Make(SurfaceTexture.Glass, 0.25, 64);

        Enumerable.Range(0, 600).Count(i => generator.Generate((ulong)i).Defects.Count > 0).ShouldBeInRange(110, 190);
    }

    [Fact]
    public void Generate_MissingPart_IsCritical()
    {
        var defect = Make(SurfaceTexture.Cast, 0).Generate(4, [DefectKind.MissingPart]).Defects.ShouldHaveSingleItem();

        defect.Severity.ShouldBe(Severity.Critical);
        defect.Name.ShouldBe("missing-part");
    }

    [Fact]
    public void Generate_MissingPartOfAProductWithoutParts_IsRefused()
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Parts = 0 });

        Should.Throw<ArgumentException>(() => generator.Generate(1, [DefectKind.MissingPart])).Message.ShouldContain("Parts");
        Should.Throw<ArgumentException>(() => new SurfaceGenerator(new SurfaceOptions { Parts = 0, Kinds = [DefectKind.MissingPart] }));
    }

    [Fact]
    public void Constructor_OptionOutOfRange_NamesOptionAndRange()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new SurfaceGenerator(new SurfaceOptions { Width = 10 })).Message.ShouldContain("Width is 10: expected 64 to 4096");
        Should.Throw<ArgumentOutOfRangeException>(() => new SurfaceGenerator(new SurfaceOptions { DefectRate = double.NaN })).Message.ShouldContain("DefectRate");
        Should.Throw<ArgumentOutOfRangeException>(() => new SurfaceGenerator(new SurfaceOptions { Texture = (SurfaceTexture)99 })).Message.ShouldContain("Texture");
    }

    private static SurfaceGenerator Make(SurfaceTexture texture, double defectRate, int side = 256)
        => new(new SurfaceOptions { Texture = texture, Width = side, Height = side, DefectRate = defectRate, ProductSeed = 3 });

    private static string Digest(SyntheticSample sample) => ContentDigest.Of(sample.Rgb) + ContentDigest.Of(sample.Mask);

    // Beyond the threshold of the mask soft kinds fade out, rims rise, a thread's shadow falls.
    private static int SoftBorder(DefectKind kind) => kind switch
    {
        DefectKind.Stain or DefectKind.Burn => 34,
        DefectKind.Peeling or DefectKind.Corrosion or DefectKind.Blowhole => 14,
        _ => 8,
    };

    private static void AssertConsistent(SyntheticDefect defect, int width, int height)
    {
        defect.X.ShouldBeGreaterThanOrEqualTo(0);
        defect.Y.ShouldBeGreaterThanOrEqualTo(0);
        (defect.X + defect.Width).ShouldBeLessThanOrEqualTo(width);
        (defect.Y + defect.Height).ShouldBeLessThanOrEqualTo(height);
        defect.Mask.Length.ShouldBe(defect.Width * defect.Height);
        defect.Mask.Count(m => m != 0).ShouldBe(defect.AreaPx);
        defect.AreaPx.ShouldBeGreaterThan(0);
        defect.Severity.ShouldNotBe(Severity.Unknown);

        // The box is tight: each of its four sides touches the mask.
        var rows = Enumerable.Range(0, defect.Height).Where(r => defect.Mask.AsSpan(r * defect.Width, defect.Width).Contains(byte.MaxValue)).ToList();
        (rows[0], rows[^1]).ShouldBe((0, defect.Height - 1));
        Enumerable.Range(0, defect.Height).Any(r => defect.Mask[r * defect.Width] != 0).ShouldBeTrue();
        Enumerable.Range(0, defect.Height).Any(r => defect.Mask[(r + 1) * defect.Width - 1] != 0).ShouldBeTrue();
    }

    private static bool[] Dilate(byte[] mask, int width, int height, int radius)
    {
        var rows = new bool[mask.Length];
        var all = new bool[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            int y = i / width, x = i % width;
            rows[i] = mask.AsSpan(y * width + Math.Max(0, x - radius), Math.Min(width - 1, x + radius) - Math.Max(0, x - radius) + 1).Contains(byte.MaxValue);
        }

        for (var i = 0; i < mask.Length; i++)
        {
            int y = i / width, x = i % width;
            for (var v = Math.Max(0, y - radius); v <= Math.Min(height - 1, y + radius) && !all[i]; v++)
            {
                all[i] = rows[v * width + x];
            }
        }

        return all;
    }
}
