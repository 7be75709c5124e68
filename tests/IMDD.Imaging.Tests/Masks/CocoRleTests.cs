using CsCheck;
using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Imaging.Tests.Masks;

public sealed class CocoRleTests
{
    private static readonly Gen<(byte[] Mask, int Width, int Height)> Masks =
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from density in Gen.Int[0, 10]
        from bits in Gen.Int[0, 9].Array[width * height]
        select (bits.Select(bit => bit < density ? (byte)1 : (byte)0).ToArray(), width, height);

    [Theory]
    [InlineData("0000", 2, 2, "4")]
    [InlineData("1111", 2, 2, "04")]
    [InlineData("0100", 2, 2, "211")] // 2 1 1: down the first column, then the second
    [InlineData("0010", 2, 2, "112")] // 1 1 2
    [InlineData("100010001", 3, 3, "013000")] // 0 1 3 1 3 1; from the fourth on less the one two before
    public void Encode_HandWorkedMask_GivesItsCounts(string bits, int width, int height, string expected)
    {
        var mask = bits.Select(bit => (byte)(bit - '0')).ToArray();

        var rle = CocoRle.Encode(mask, width, height);

        rle.Counts.ShouldBe(expected);
        rle.Size.ShouldBe([height, width]);
        CocoRle.Decode(rle).ShouldBe(mask);
    }

    [Fact]
    public void Encode_LongRunsAndNegativeDifferences_GroupsOfFiveBits()
    {
        // A column of 1000: counts 100 700 10 20 170. Written 100 700 10 (20 - 700 = -680) (170 - 10 = 160):
        // 100 = 00011 00100 -> 'T' '3'; 700 = 10101 11100, and its sign bit asks for a third group -> 'l' 'e' '0'; 10 -> ':';
        // -680 = ...01010 11000, sign bit clear, so a third group 11111 -> 'h' 'Z' 'O'; 160 = 00101 00000 -> 'P' '5'.
        var mask = new byte[1000];
        Array.Fill(mask, (byte)1, 100, 700);
        Array.Fill(mask, (byte)1, 810, 20);

        CocoRle.Encode(mask, 1, 1000).Counts.ShouldBe("T3le0:hZOP5");
    }

    [Fact]
    public void Decode_AnyMaskEncoded_IsTheMask() => Masks.Sample(sample =>
    {
        var rle = CocoRle.Encode(sample.Mask, sample.Width, sample.Height);

        CocoRle.Decode(rle).ShouldBe(sample.Mask);
        CocoRle.Area(rle).ShouldBe(sample.Mask.Sum(value => value));
        CocoRle.BoundingBox(rle).ShouldBe(Box(sample.Mask, sample.Width));
    }, iter: 300);

    [Fact]
    public void Encode_CellsOfAFrame_IsTheMaskDrawnLarge() => Gen.Select(Masks, Gen.Int[1, 4], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((sample, scale, x, y) =>
    {
        // The last cells may reach over the edge.
        MaskPlacement placement = new(sample.Width, sample.Height, x, y, scale);
        var width = ((x + sample.Width) * scale) - (scale - 1);
        var height = ((y + sample.Height) * scale) - (scale - 1);
        var expected = new byte[width * height];
        for (var row = y * scale; row < height; row++)
        {
            for (var column = x * scale; column < width; column++)
            {
                expected[(row * width) + column] = sample.Mask[(((row / scale) - y) * sample.Width) + (column / scale) - x];
            }
        }

        CocoRle.Encode(sample.Mask, placement, width, height).ShouldBeEquivalentTo(CocoRle.Encode(expected, width, height));
    }, iter: 200);

    [Theory]
    [InlineData("", "add up")]
    [InlineData("5", "reach 5")]
    [InlineData("3", "add up to 3")]
    [InlineData("0004", "positive")]
    [InlineData("O5", "is -1")]
    [InlineData("2 2", "U+0020")]
    [InlineData("P", "end within")]
    [InlineData("2\u00ff", "U+00FF")]
    [InlineData("oooooooooooooooooo", "more than")]
    public void Counts_Malformed_SaysWhat(string counts, string expected)
        => Should.Throw<FormatException>(() => CocoRle.Counts(new MaskRle([2, 2], counts))).Message.ShouldContain(expected);

    [Fact]
    public void Decode_AnyText_DecodesOrIsRefused()
        => Gen.String[Gen.Char[(char)40, (char)120], 0, 30].Sample(text =>
        {
            try
            {
                CocoRle.Decode(new MaskRle([6, 5], text)).Length.ShouldBe(30);
            }
            catch (FormatException)
            {
                // The other answer there is.
            }
        }, iter: 2000);

    [Fact]
    public void Decode_LargeSize_IsRefusedBeforeAllocation()
        => Should.Throw<FormatException>(() => CocoRle.Decode(new MaskRle([65_000, 65_000], "0"))).Message.ShouldContain("at most");

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 0, 4 })]
    [InlineData(new[] { 2, -2 })]
    public void Decode_SizeThatIsNone_IsRefused(int[] size)
        => Should.Throw<FormatException>(() => CocoRle.Decode(new MaskRle(size, "4"))).Message.ShouldContain("[height, width]");

    private static int[] Box(byte[] mask, int width)
    {
        var set = Enumerable.Range(0, mask.Length).Where(index => mask[index] != 0).ToList();
        if (set.Count == 0)
        {
            return [0, 0, 0, 0];
        }

        var (left, right) = (set.Min(index => index % width), set.Max(index => index % width));
        var (top, bottom) = (set.Min(index => index / width), set.Max(index => index / width));
        return [left, top, right - left + 1, bottom - top + 1];
    }
}
