using IMDD.Synthetics.Looks;

namespace IMDD.Synthetics.Tests;

public sealed class DefectLookTests
{
    private const int Side = 192;

    // Each look on two of the six surfaces.
    private const int Every = 3;

    // Pixels beyond a mask: what is soft reaches on, too faint to belong to it.
    private const int Far = 6;
    private const int FarOfSoft = 16;

    public static TheoryData<SurfaceTexture> Textures => [.. Enum.GetValues<SurfaceTexture>()];

    /// <summary>A model that was trained on the base can put the held-out ones together of words that it knows, and knows none of them.</summary>
    [Fact]
    public void HeldOut_AreNewCombinationsOfWordsThatTheBaseHas()
    {
        DefectLooks.All.Select(look => look.Name).ShouldBeUnique();
        DefectLooks.HeldOut.Count.ShouldBeInRange(10, DefectLooks.Base.Count / 3);
        DefectLooks.Base.Select(look => look.Name).Intersect(DefectLooks.HeldOut.Select(look => look.Name)).ShouldBeEmpty();
        var known = DefectLooks.Base.SelectMany(Texts).SelectMany(Words).ToHashSet();
        DefectLooks.HeldOut.SelectMany(Texts).SelectMany(Words).ShouldAllBe(word => known.Contains(word));
        DefectLooks.Base.SelectMany(Texts).Intersect(DefectLooks.HeldOut.SelectMany(Texts)).ShouldBeEmpty();
        DefectLooks.All.ShouldAllBe(look => DefectLooks.Find(look.Name) == look);
        DefectLooks.Find("sunken cathedral").ShouldBeNull();
    }

    [Fact]
    public void Texts_NameNoKind()
    {
        var kinds = DefectKinds.All.SelectMany(kind => kind.Name().Split('-')).ToHashSet();

        DefectLooks.All.SelectMany(Texts).SelectMany(Words).ShouldAllBe(word => !kinds.Contains(word));
        DefectLooks.All.ShouldAllBe(look => LookWords.Synonyms(look).Count >= 3 && !LookWords.Synonyms(look).Contains(look.Name));
    }

    [Theory]
    [MemberData(nameof(Textures))]
    public void Generate_EveryLook_ChangesTheFrameInItsMaskAndNotFarFromIt(SurfaceTexture texture)
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = Side, Height = Side });
        var seen = 0;
        foreach (var (look, index) in DefectLooks.All.Select((look, index) => (look, index)).Where(one => one.index % Every == (int)texture % Every))
        {
            var seed = (ulong)(index * 7 + 1);
            var (bad, again, good) = (generator.Generate(seed, look), generator.Generate(seed, look), generator.Generate(seed, (IReadOnlyList<DefectKind>)[]));

            again.Rgb.ShouldBe(bad.Rgb);
            var defect = bad.Defects.ShouldHaveSingleItem();
            (defect.Kind, defect.Look, defect.Name).ShouldBe((null, look, look.Name));
            defect.AreaPx.ShouldBe(bad.Mask.Count(m => m != 0));
            var (inside, outside) = Changes(bad, good, look.IsSoft ? FarOfSoft : Far);
            outside.ShouldBe(0, $"{look.Name} on {texture}");
            seen += inside >= 4 ? 1 : 0;
        }

        // Some are as faint as some defects are.
        ((double)seen / (DefectLooks.All.Count / Every)).ShouldBeGreaterThan(0.75);
    }

    [Fact]
    public void Generate_Tones_AreDarkerAndBrighterThanTheSurface()
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Texture = SurfaceTexture.Cast, Width = Side, Height = Side });
        foreach (var form in Enum.GetValues<LookForm>())
        {
            Brightness(new DefectLook(form, LookRelief.Flat, LookTone.Dark)).ShouldBeLessThan(-8, $"dark {form}");
            Brightness(new DefectLook(form, LookRelief.Flat, LookTone.Bright)).ShouldBeGreaterThan(8, $"bright {form}");
        }

        double Brightness(DefectLook look) => Enumerable.Range(1, 6).Average(seed =>
        {
            var (bad, good) = (generator.Generate((ulong)seed, look), generator.Generate((ulong)seed, (IReadOnlyList<DefectKind>)[]));
            var change = 0.0;
            for (var i = 0; i < bad.Mask.Length; i++)
            {
                change += bad.Mask[i] != 0 ? bad.Rgb[3 * i + 1] - good.Rgb[3 * i + 1] : 0;
            }

            return change / bad.Mask.Count(m => m != 0);
        });
    }

    [Fact]
    public void Generate_WithLooks_DrawsThemAndNoKind()
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Width = 96, Height = 96, DefectRate = 1, Looks = DefectLooks.Base });

        var drawn = Enumerable.Range(0, 80).SelectMany(seed => generator.Generate((ulong)seed).Defects).ToList();

        drawn.ShouldAllBe(defect => defect.Kind == null && !defect.Look!.IsHeldOut);
        drawn.Select(defect => defect.Name).Distinct().Count().ShouldBeGreaterThan(40);
        Should.Throw<ArgumentOutOfRangeException>(() => new SurfaceGenerator(new SurfaceOptions { Looks = DefectLooks.Base, Kinds = [DefectKind.Crack] }))
            .Message.ShouldContain("Looks");
    }

    private static IEnumerable<string> Texts(DefectLook look) => LookWords.Synonyms(look).Prepend(look.Name);

    private static string[] Words(string text) => text.Split(' ');

    /// <summary>Mean change within the mask, and the largest far from it.</summary>
    private static (double Inside, int Outside) Changes(SyntheticSample bad, SyntheticSample good, int far)
    {
        var (inside, outside) = (0.0, 0);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var i = y * Side + x;
                var change = Enumerable.Range(0, 3).Max(c => Math.Abs(bad.Rgb[3 * i + c] - good.Rgb[3 * i + c]));
                inside += bad.Mask[i] != 0 ? change : 0;
                outside = change > outside && !IsNear(bad.Mask, x, y, far) ? change : outside;
            }
        }

        return (inside / bad.Mask.Count(m => m != 0), outside);
    }

    private static bool IsNear(byte[] mask, int x, int y, int far)
    {
        for (var row = Math.Max(0, y - far); row <= Math.Min(Side - 1, y + far); row++)
        {
            if (mask.AsSpan(row * Side + Math.Max(0, x - far), Math.Min(Side - 1, x + far) - Math.Max(0, x - far) + 1).IndexOfAnyExcept((byte)0) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
