using IMDD.Imaging.Masks;

namespace IMDD.Imaging.Tests.Masks;

public sealed class MaskPolygonTests
{
    [Fact]
    public void Fill_Rectangle_SetsItWithItsOutlineAndKeepsTheRest()
    {
        var mask = new byte[8 * 6];
        mask[0] = 1;

        MaskPolygon.Fill(mask, [2, 1, 5, 1, 5, 3, 2, 3], 8, 6);

        for (var y = 0; y < 6; y++)
        {
            for (var x = 0; x < 8; x++)
            {
                var inside = x is >= 2 and <= 5 && y is >= 1 and <= 3;
                mask[(y * 8) + x].ShouldBe((byte)(inside || (x, y) == (0, 0) ? 1 : 0), $"({x}, {y})");
            }
        }
    }

    [Fact]
    public void Fill_OutlineOfAMask_GivesTheMaskBack()
    {
        byte[] mask = [0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1];
        var drawn = new byte[mask.Length];

        MaskPolygon.Fill(drawn, MaskContour.Outer(mask, new MaskPlacement(5, 4, 0, 0, 1), 5, 4, tolerance: 0), 5, 4);

        drawn.ShouldBe(mask);
    }

    [Fact]
    public void Fill_OverTheEdge_IsCutOff()
    {
        var mask = new byte[4 * 4];

        MaskPolygon.Fill(mask, [2, 2, 9, 2, 9, 9, 2, 9], 4, 4);

        mask.Sum(value => value).ShouldBe(4);
    }

    [Fact]
    public void Fill_MaskOfAnotherSize_Refused()
        => Should.Throw<ArgumentOutOfRangeException>(() => MaskPolygon.Fill(new byte[3], [0, 0, 1, 0, 1, 1], 4, 4));
}
