using OpenCvSharp;

namespace IMDD.Imaging.Masks;

/// <summary>Masks of polygons.</summary>
public static class MaskPolygon
{
    static MaskPolygon() => OpenCvRuntime.Initialize();

    /// <summary>Sets every pixel within the polygon and on its outline to 1 and leaves the others as they are.</summary>
    /// <param name="mask"><c>height × width</c>, row-major.</param>
    /// <param name="contourPx"><c>[x0, y0, x1, y1, …]</c>, pixels; what reaches over the edge is cut off.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static unsafe void Fill(Span<byte> mask, IReadOnlyList<int> contourPx, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, width * height);
        var points = new Point[contourPx.Count / 2];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new Point(contourPx[2 * i], contourPx[(2 * i) + 1]);
        }

        fixed (byte* start = mask)
        {
            using var image = Mat.FromPixelData(height, width, MatType.CV_8UC1, (nint)start);
            Cv2.FillPoly(image, [points], Scalar.All(1));
        }
    }
}
