using IMDD.Imaging.Masks;

namespace IMDD.Imaging.Tests.Masks;

public sealed class ConnectedComponentsTests
{
    [Fact]
    public void Find_DiagonalNeighbours_AreOneComponent()
    {
        byte[] mask =
        [
            1, 0, 0, 0, 0,
            0, 1, 0, 0, 255,
            0, 0, 0, 0, 255,
        ];

        using var components = ConnectedComponents.Find(mask, 5, 3);

        components.Count.ShouldBe(2);
        components[1].ShouldBe(new ComponentStatistics(0, 0, 2, 2, 2));
        components[2].ShouldBe(new ComponentStatistics(4, 1, 1, 2, 2));
        components.Labels.ToArray().ShouldBe([1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 2]);
    }

    [Fact]
    public void Find_NothingSet_HasNone()
    {
        using var components = ConnectedComponents.Find(new byte[12], 4, 3);

        components.Count.ShouldBe(0);
    }
}
