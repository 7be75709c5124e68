using IMDD.Contracts.Events;
using IMDD.Imaging;
using IMDD.Imaging.Masks;

namespace IMDD.Cloud.Dashboard.Frames;

/// <summary>Draws the regions of a frame as a picture to lay over it.</summary>
internal static class MaskPicture
{
    private const long MaxPixels = 64L << 20;
    private const byte FillAlpha = 88;
    private const byte EdgeAlpha = 255;

    /// <summary>
    /// RGBA PNG of the frame's size: regions filled and edged in the colour of their severity, transparent elsewhere. The edge is as wide as
    /// stays visible when the picture is shown small.
    /// </summary>
    /// <exception cref="FormatException">A mask is not of the frame's size or not valid run-length encoding.</exception>
    public static byte[] Render(FrameReference frame, IReadOnlyList<DefectRegion> regions)
    {
        int width = frame.Width, height = frame.Height;
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
        {
            throw new FormatException($"The frame has {width} x {height} pixels: expected 1 to {MaxPixels} in all.");
        }

        var rgba = new byte[width * height * 4];
        var edge = Math.Max(1, Math.Max(width, height) / 320);

        // The worst last, so that it lies on top.
        foreach (var region in regions.OrderBy(region => region.Severity))
        {
            if (region.MaskRle is { } rle)
            {
                Draw(rgba, Decode(rle, width, height), width, height, ColorOf(region.Severity), edge);
            }
        }

        return ImageEncoder.EncodeRgbaPng(rgba, width, height);
    }

    private static byte[] Decode(MaskRle rle, int width, int height)
        => rle.Size is [var rows, var columns] && rows == height && columns == width
            ? CocoRle.Decode(rle, MaxPixels)
            : throw new FormatException($"A mask of {string.Join(" x ", rle.Size)} (height, width) is not of the frame's size, {height} x {width}.");

    private static (byte R, byte G, byte B) ColorOf(Severity severity) => severity switch
    {
        Severity.Critical => (255, 45, 85),
        Severity.Major => (255, 138, 0),
        Severity.Minor => (255, 214, 10),
        _ => (90, 200, 250),
    };

    private static void Draw(byte[] rgba, byte[] mask, int width, int height, (byte R, byte G, byte B) color, int edge)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (mask[y * width + x] == 0)
                {
                    continue;
                }

                var at = (y * width + x) * 4;
                (rgba[at], rgba[at + 1], rgba[at + 2]) = color;
                rgba[at + 3] = IsEdge(mask, width, height, x, y, edge) ? EdgeAlpha : FillAlpha;
            }
        }
    }

    private static bool IsEdge(byte[] mask, int width, int height, int x, int y, int edge)
        => x < edge || y < edge || x >= width - edge || y >= height - edge
        || mask[y * width + x - edge] == 0 || mask[y * width + x + edge] == 0
        || mask[(y - edge) * width + x] == 0 || mask[(y + edge) * width + x] == 0;
}
