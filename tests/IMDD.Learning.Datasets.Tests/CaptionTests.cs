using CsCheck;
using IMDD.Learning.Datasets.Captions;
using IMDD.Learning.Datasets.Words;

namespace IMDD.Learning.Datasets.Tests;

public sealed class CaptionTests
{
    private static readonly Vocabulary Words = Vocabulary.English;

    private static readonly Gen<DefectFacts> Facts = Gen.Select(
        One(Words.File.Defects), One(Words.File.Products), One(Words.File.Materials), Gen.Int[0, 2], Gen.Int[0, 8],
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[1, 40], Gen.Int[1, 2])).Select((defect, product, material, severity, location, shape) => new DefectFacts
        {
            Defect = defect.Id,
            Product = product.Id,
            Material = material.Id,
            Severity = Words.File.Severities[severity].Id,
            Location = Words.File.Locations[location].Id,
            Orientation = (Orientation)shape.Item1,
            Elongation = (Elongation)shape.Item2,
            Scale = (DefectScale)shape.Item3,
            Count = shape.Item4,
            Pattern = shape.Item4 == 1 ? DefectPattern.Single : (DefectPattern)(1 + shape.Item4 % 4),
            Causes = [.. defect.Causes.Take(shape.Item5)],
        });

    [Fact]
    public void Write_AnyFacts_ParseBack()
    {
        CaptionWriter writer = new(Words);
        CaptionParser parser = new(Words);

        Gen.Select(Facts, Gen.Int[0, 1000]).Sample((facts, seed) => parser.Parse(writer.Write(facts, seed)).ShouldBe(facts));
    }

    [Fact]
    public void Write_ThousandCaptions_HaveTheLengthsOfTheField()
    {
        CaptionWriter writer = new(Words);
        var random = new PCG(7);
        var captions = Enumerable.Range(0, 1000).Select(i => writer.Write(Facts.Generate(random, null, out _), i)).ToList();
        var lengths = captions.ConvertAll(c => c.Split(' ').Length);
        var mean = lengths.Average();
        var deviation = Math.Sqrt(lengths.Average(l => (l - mean) * (l - mean)));

        mean.ShouldBeInRange(38, 46);
        deviation.ShouldBeGreaterThanOrEqualTo(6);
        (captions.Count - captions.Distinct(StringComparer.Ordinal).Count()).ShouldBeLessThan(50);
    }

    [Fact]
    public void Parse_SomethingElse_IsNull() => new CaptionParser(Words).Parse("A cat sits on the mat.").ShouldBeNull();

    [Fact]
    public void Flips_TwiceAndTurnsFourTimes_AreIdentity() => Facts.Sample(facts =>
    {
        facts.FlipHorizontally(Words).FlipHorizontally(Words).ShouldBe(facts);
        facts.FlipVertically(Words).FlipVertically(Words).ShouldBe(facts);
        facts.RotateClockwise(Words).RotateClockwise(Words).RotateClockwise(Words).RotateClockwise(Words).ShouldBe(facts);
    });

    [Fact]
    public void Transforms_OfTheMask_ChangeTheWordsAlike()
    {
        const int side = 60;
        var mask = new bool[side * side];
        for (var i = 0; i < 15; i++)
        {
            mask[(18 - i) * side + 2 + i] = true;
        }

        var shape = MaskShapeReader.Read(mask, side, side)!;
        (shape.Row, shape.Column, shape.Orientation).ShouldBe((0, 0, Orientation.Rising));
        var turned = new bool[side * side];
        var mirrored = new bool[side * side];
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                turned[x * side + (side - 1 - y)] = mask[y * side + x];
                mirrored[y * side + (side - 1 - x)] = mask[y * side + x];
            }
        }

        var facts = Of(shape);
        Of(MaskShapeReader.Read(turned, side, side)!).ShouldBe(facts.RotateClockwise(Words));
        Of(MaskShapeReader.Read(mirrored, side, side)!).ShouldBe(facts.FlipHorizontally(Words));
    }

    [Theory]
    [InlineData(0, 5, 40, 3, Orientation.Horizontal, Elongation.ThreadLike)]
    [InlineData(20, 20, 12, 12, Orientation.None, Elongation.Compact)]
    [InlineData(20, 2, 6, 20, Orientation.Vertical, Elongation.Elongated)]
    public void MaskShape_Rectangles_AreNamed(int x, int y, int width, int height, Orientation orientation, Elongation elongation)
    {
        var shape = MaskShapeReader.Read(Rectangles((x, y, width, height)), 48, 48)!;

        (shape.Orientation, shape.Elongation, shape.Count, shape.Pattern).ShouldBe((orientation, elongation, 1, DefectPattern.Single));
    }

    [Fact]
    public void MaskShape_SeveralRegions_HavePatterns()
    {
        Pattern((2, 2, 2, 2), (12, 2, 2, 2), (24, 2, 2, 2), (40, 2, 2, 2)).ShouldBe(DefectPattern.Aligned);
        Pattern((20, 20, 2, 2), (24, 22, 2, 2), (21, 25, 2, 2)).ShouldBe(DefectPattern.Clustered);
        Pattern((1, 1, 2, 2), (44, 2, 2, 2), (3, 43, 2, 2), (20, 15, 2, 2)).ShouldBe(DefectPattern.Scattered);
        var ring = Enumerable.Range(0, 8).Select(i => ((int)(24 + 18 * Math.Cos(i * Math.PI / 4)), (int)(24 + 18 * Math.Sin(i * Math.PI / 4)), 2, 2)).ToArray();
        Pattern(ring).ShouldBe(DefectPattern.Radial);
        MaskShapeReader.Read(new bool[48 * 48], 48, 48).ShouldBeNull();

        static DefectPattern Pattern(params (int X, int Y, int Width, int Height)[] rectangles) => MaskShapeReader.Read(Rectangles(rectangles), 48, 48)!.Pattern;
    }

    private static Gen<T> One<T>(IReadOnlyList<T> choices) => Gen.Int[0, choices.Count - 1].Select(i => choices[i]);

    private static bool[] Rectangles(params (int X, int Y, int Width, int Height)[] rectangles)
    {
        var mask = new bool[48 * 48];
        foreach (var (left, top, width, height) in rectangles)
        {
            for (var y = top; y < top + height; y++)
            {
                mask.AsSpan(y * 48 + left, width).Fill(true);
            }
        }

        return mask;
    }

    private static DefectFacts Of(MaskShape shape) => new()
    {
        Defect = "scratch",
        Product = "screw",
        Material = "steel",
        Severity = "minor",
        Location = Words.File.Locations[shape.Row * 3 + shape.Column].Id,
        Orientation = shape.Orientation,
        Elongation = shape.Elongation,
        Scale = shape.Scale,
        Count = shape.Count,
        Pattern = shape.Pattern,
        Causes = ["handling-damage"],
    };
}
