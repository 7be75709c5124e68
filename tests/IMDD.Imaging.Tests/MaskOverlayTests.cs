using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;
using IMDD.Imaging.Overlays;

namespace IMDD.Imaging.Tests;

public sealed class MaskOverlayTests
{
    private static readonly OverlayOptions Plain = new() { FillOpacity = 1, Label = _ => "" };

    [Fact]
    public void Draw_Mask_ColoursItsPixelsAndNoOthers()
    {
        using var image = Grey();
        var region = Region(CocoRle.Encode(Square(), 40, 30));

        MaskOverlay.Draw(image, [region], Plain);

        Pixel(image, 15, 12).ShouldBe(Plain.Color(region));
        Pixel(image, 35, 25).ShouldBe(new OverlayColor(90, 90, 90));
    }

    [Theory]
    [InlineData("not counts")]
    [InlineData("4")]
    public void Draw_UnreadableMask_DrawsTheBox(string counts)
    {
        using var image = Grey();
        var region = Region(new MaskRle([30, 40], counts));

        MaskOverlay.Draw(image, [region], Plain);

        Pixel(image, 15, 15).ShouldBe(new OverlayColor(90, 90, 90));
        Pixel(image, 15, 10).ShouldNotBe(new OverlayColor(90, 90, 90));
    }

    [Fact]
    public void Draw_LabelWithoutRoomAbove_StaysInThePicture()
    {
        using var image = Grey();
        var region = Region(null) with { BboxPx = [30, 0, 10, 4] };

        MaskOverlay.Draw(image, [region], Plain with { Label = _ => "裂纹 crack" });

        image.Pixels.ToArray().ShouldContain((byte)0);
    }

    private static RgbImage Grey()
    {
        RgbImage image = new(40, 30);
        image.Pixels.Fill(90);
        return image;
    }

    private static byte[] Square()
    {
        var mask = new byte[40 * 30];
        for (var row = 10; row < 20; row++)
        {
            mask.AsSpan((row * 40) + 10, 10).Fill(1);
        }

        return mask;
    }

    private static DefectRegion Region(MaskRle? rle) => new()
    {
        Class = "scratch",
        Severity = Severity.Critical,
        Score = 0.9,
        BboxPx = [10, 10, 10, 10],
        AreaPx = 100,
        MaskRle = rle,
    };

    private static OverlayColor Pixel(RgbImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice(((y * image.Width) + x) * 3, 3);
        return new OverlayColor(pixel[0], pixel[1], pixel[2]);
    }
}
