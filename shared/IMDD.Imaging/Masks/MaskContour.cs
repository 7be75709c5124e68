using OpenCvSharp;

namespace IMDD.Imaging.Masks;

/// <summary>Outlines of masks.</summary>
public static class MaskContour
{
    static MaskContour() => OpenCvRuntime.Initialize();

    /// <summary>
    /// Outer contour of one connected component through the centres of its outermost pixels, <c>[x0, y0, x1, y1, …]</c> in pixels of the
    /// frame, simplified so that no point is off by more than <paramref name="tolerance"/> pixels.
    /// </summary>
    /// <param name="cells">Row-major elements of the component's mask, non-zero is set.</param>
    /// <param name="placement">Where the mask stands in the frame.</param>
    /// <param name="frameWidth">Pixels; the contour stays within.</param>
    /// <param name="frameHeight">Pixels; the contour stays within.</param>
    /// <param name="tolerance">Pixels.</param>
    public static unsafe IReadOnlyList<int> Outer(
        ReadOnlySpan<byte> cells, MaskPlacement placement, int frameWidth, int frameHeight, double tolerance = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, placement.Width * placement.Height);
        Point[][] contours;
        fixed (byte* start = cells)
        {
            using var small = Mat.FromPixelData(placement.Height, placement.Width, MatType.CV_8UC1, (nint)start);
            Point offset = new(placement.X * placement.Scale, placement.Y * placement.Scale);
            if (placement.Scale == 1)
            {
                contours = Find(small, offset);
            }
            else
            {
                using Mat large = new();
                Size size = new(placement.Width * placement.Scale, placement.Height * placement.Scale);
                Cv2.Resize(small, large, size, interpolation: InterpolationFlags.Nearest);
                contours = Find(large, offset);
            }
        }

        if (contours.Length == 0)
        {
            return [];
        }

        var simplified = Cv2.ApproxPolyDP(contours.MaxBy(contour => contour.Length)!, tolerance, closed: true);
        var flat = new int[simplified.Length * 2];
        for (var index = 0; index < simplified.Length; index++)
        {
            flat[index * 2] = Math.Min(simplified[index].X, frameWidth - 1);
            flat[(index * 2) + 1] = Math.Min(simplified[index].Y, frameHeight - 1);
        }

        return flat;
    }

    private static Point[][] Find(Mat mask, Point offset)
    {
        Cv2.FindContours(mask, out var contours, out _, RetrievalModes.External, ContourApproximationModes.ApproxSimple, offset);
        return contours;
    }
}
