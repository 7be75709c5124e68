namespace IMDD.Imaging.Tests;

public sealed class EdgePaddingTests
{
    [Fact]
    public void Copy_LargerTarget_RepeatsTheLastColumnAndRow()
    {
        using RgbImage image = new(2, 2);
        byte[] pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        pixels.CopyTo(image.Pixels);
        var padded = new byte[4 * 3 * 3];

        EdgePadding.Copy(image, padded, 4, 3);

        padded.ShouldBe(
        [
            1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6,
            7, 8, 9, 10, 11, 12, 10, 11, 12, 10, 11, 12,
            7, 8, 9, 10, 11, 12, 10, 11, 12, 10, 11, 12,
        ]);
    }

    [Theory]
    [InlineData(64, 32, 64)]
    [InlineData(65, 32, 96)]
    [InlineData(1, 32, 32)]
    public void RoundUp_AnySize_IsTheNextMultiple(int size, int multiple, int expected) => EdgePadding.RoundUp(size, multiple).ShouldBe(expected);

    [Fact]
    public void Resize_Halved_AveragesSquares()
    {
        using RgbImage image = new(2, 2);
        byte[] pixels = [0, 0, 0, 100, 0, 0, 100, 0, 0, 200, 0, 40];
        pixels.CopyTo(image.Pixels);

        using var half = ImageResizer.Resize(image, 1, 1);

        half.Pixels.ToArray().ShouldBe([100, 0, 10]);
    }
}
