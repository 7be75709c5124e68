using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;
using OpenCvSharp;

namespace IMDD.Imaging.Overlays;

/// <summary>Draws regions on the picture they were found in: a translucent fill, an outline, a name.</summary>
public static class MaskOverlay
{
    private const int MaxLabelLength = 40;

    // Text and lines are made for a picture of this many pixels a side and grow with it.
    private const double ReferenceSide = 640;

    static MaskOverlay() => OpenCvRuntime.Initialize();

    /// <summary>Draws in place. A region whose mask is elsewhere or is not of this picture's size is drawn by its contour, or its box.</summary>
    public static void Draw(RgbImage image, IReadOnlyList<DefectRegion> regions, OverlayOptions? options = null)
    {
        options ??= new OverlayOptions();
        var scale = Math.Max(1, Math.Max(image.Width, image.Height) / ReferenceSide);
        foreach (var region in regions)
        {
            if (ReadMask(image, region) is { } mask)
            {
                Fill(image, mask, options.Color(region), options.FillOpacity);
            }
        }

        // Outlines and names last, so that no fill covers them.
        foreach (var region in regions)
        {
            DrawOutline(image, region, options, scale);
        }
    }

    private static byte[]? ReadMask(RgbImage image, DefectRegion region)
    {
        if (region.MaskRle is not { Size: [var height, var width] } rle || height != image.Height || width != image.Width)
        {
            return null;
        }

        try
        {
            return CocoRle.Decode(rle);
        }
        catch (FormatException)
        {
            // An event of another origin: its box is still worth showing.
            return null;
        }
    }

    private static void Fill(RgbImage image, byte[] mask, OverlayColor color, double opacity)
    {
        var pixels = image.Pixels;
        var weight = (int)Math.Round(Math.Clamp(opacity, 0, 1) * 256);
        for (var index = 0; index < mask.Length; index++)
        {
            if (mask[index] != 0)
            {
                var pixel = pixels.Slice(index * 3, 3);
                pixel[0] = Blend(pixel[0], color.Red, weight);
                pixel[1] = Blend(pixel[1], color.Green, weight);
                pixel[2] = Blend(pixel[2], color.Blue, weight);
            }
        }
    }

    private static byte Blend(byte under, byte over, int weight) => (byte)(((under * (256 - weight)) + (over * weight)) >> 8);

    private static unsafe void DrawOutline(RgbImage image, DefectRegion region, OverlayOptions options, double scale)
    {
        var rgb = options.Color(region);
        Scalar color = new(rgb.Red, rgb.Green, rgb.Blue);
        var thickness = (int)Math.Round(scale);
        fixed (byte* start = image.Pixels)
        {
            using var canvas = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, (nint)start);
            var outline = Outline(region);
            if (outline.Length > 0)
            {
                Cv2.Polylines(canvas, [outline], isClosed: true, color, thickness, LineTypes.AntiAlias);
            }

            DrawLabel(canvas, region, options.Label(region), color, scale);
        }
    }

    private static Point[] Outline(DefectRegion region)
    {
        if (region.ContourPx is { Count: >= 6 } contour)
        {
            return [.. contour.Chunk(2).Where(point => point.Length == 2).Select(point => new Point(point[0], point[1]))];
        }

        if (region.BboxPx is not [var x, var y, var width, var height])
        {
            return [];
        }

        return [new Point(x, y), new Point(x + width - 1, y), new Point(x + width - 1, y + height - 1), new Point(x, y + height - 1)];
    }

    private static void DrawLabel(Mat canvas, DefectRegion region, string label, Scalar color, double scale)
    {
        if (label.Length == 0 || region.BboxPx is not [var left, var top, _, var height])
        {
            return;
        }

        var text = new string([.. label.Take(MaxLabelLength).Select(letter => char.IsAscii(letter) ? letter : '?')]);
        var fontScale = 0.5 * scale;
        var thickness = (int)Math.Round(scale);
        var size = Cv2.GetTextSize(text, HersheyFonts.HersheySimplex, fontScale, thickness, out var baseline);
        var margin = thickness + 1;
        var boxHeight = size.Height + baseline + (2 * margin);

        // Above the region where there is room, else below.
        var y = top >= boxHeight ? top - boxHeight : Math.Min(top + height, Math.Max(0, canvas.Height - boxHeight));
        var x = Math.Clamp(left, 0, Math.Max(0, canvas.Width - size.Width - (2 * margin)));
        Rect box = new(x, y, size.Width + (2 * margin), boxHeight);
        Cv2.Rectangle(canvas, box, color, Cv2.FILLED);
        Point origin = new(x + margin, y + margin + size.Height);
        Cv2.PutText(canvas, text, origin, HersheyFonts.HersheySimplex, fontScale, Scalar.Black, thickness, LineTypes.AntiAlias);
    }
}
