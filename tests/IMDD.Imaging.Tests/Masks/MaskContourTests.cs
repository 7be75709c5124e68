using IMDD.Imaging.Masks;

namespace IMDD.Imaging.Tests.Masks;

public sealed class MaskContourTests
{
    [Fact]
    public void Outer_Rectangle_IsItsCorners()
    {
        var cells = Enumerable.Repeat((byte)1, 12).ToArray();

        var contour = MaskContour.Outer(cells, new MaskPlacement(4, 3, 10, 20, 1), 100, 100);

        contour.Chunk(2).Select(point => (point[0], point[1])).ShouldBe([(10, 20), (10, 22), (13, 22), (13, 20)], ignoreOrder: true);
    }

    [Fact]
    public void Outer_CellsOverTheEdge_StaysInTheFrame()
    {
        var contour = MaskContour.Outer([1, 1, 1, 1], new MaskPlacement(2, 2, 0, 0, 4), 7, 6);

        contour.Chunk(2).Select(point => (point[0], point[1])).ShouldBe([(0, 0), (0, 5), (6, 5), (6, 0)], ignoreOrder: true);
    }

    [Fact]
    public void Outer_OnePixel_IsOnePoint()
        => MaskContour.Outer([1], new MaskPlacement(1, 1, 3, 5, 1), 10, 10).ShouldBe([3, 5]);
}
