using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Whether two people mean the same.</summary>
internal static class RegionOverlap
{
    private const long MaxPixels = 64L << 20;

    /// <summary>The same verdict, the same names and, where the frame's size is known, masks that overlap.</summary>
    public static bool IsSame(ExampleLabel a, ExampleLabel b, double minIou)
        => a.Verdict == b.Verdict
        && NamesOf(a) == NamesOf(b)
        && (a.Regions.Count == 0 || Iou(a, b) >= minIou);

    /// <summary>Names of the defects, each once, in order.</summary>
    public static string NamesOf(ExampleLabel label)
        => string.Join(',', label.Regions.Select(region => region.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Intersection over union of all that is marked in each; 1 where the frame has no size to draw in.</summary>
    public static double Iou(ExampleLabel a, ExampleLabel b)
    {
        var (width, height) = (a.Frame.Width, a.Frame.Height);
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
        {
            return 1;
        }

        var (first, second) = (Mask(a.Regions, width, height), Mask(b.Regions, width, height));
        long both = 0, either = 0;
        for (var i = 0; i < first.Length; i++)
        {
            both += first[i] & second[i];
            either += first[i] | second[i];
        }

        return either == 0 ? 1 : (double)both / either;
    }

    /// <summary>A mask that moved to a blob is taken by its outline, or by its box: near enough to tell whether the same place is meant.</summary>
    private static byte[] Mask(IReadOnlyList<LabelledRegion> regions, int width, int height)
    {
        var mask = new byte[width * height];
        foreach (var region in regions)
        {
            if (region.MaskRle is { } rle && rle.Size is [var rows, var columns] && rows == height && columns == width)
            {
                var drawn = CocoRle.Decode(rle, MaxPixels);
                for (var i = 0; i < drawn.Length; i++)
                {
                    mask[i] |= drawn[i];
                }
            }
            else if (region.ContourPx is { Count: >= 6 } contour)
            {
                MaskPolygon.Fill(mask, contour, width, height);
            }
            else
            {
                var (x, y) = (Math.Clamp(region.BboxPx[0], 0, width), Math.Clamp(region.BboxPx[1], 0, height));
                var (right, bottom) = (Math.Clamp(x + region.BboxPx[2], x, width), Math.Clamp(y + region.BboxPx[3], y, height));
                for (; y < bottom; y++)
                {
                    mask.AsSpan((y * width) + x, right - x).Fill(1);
                }
            }
        }

        return mask;
    }
}
