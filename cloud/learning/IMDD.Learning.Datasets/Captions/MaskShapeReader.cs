using OpenCvSharp;

namespace IMDD.Learning.Datasets.Captions;

/// <summary>Measures masks.</summary>
public static class MaskShapeReader
{
    private const double ElongatedFrom = 2;
    private const double ThreadLikeFrom = 5;
    private const double DirectionalFrom = 1.5;
    private const double ClusteredBelow = 0.15;
    private const double AlignedFrom = 6;
    private const double RadialSpread = 0.2;
    private const int RadialFrom = 5;

    /// <summary>Measures a mask; null when it is empty.</summary>
    /// <param name="mask">True where defective, row-major.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static MaskShape? Read(ReadOnlySpan<bool> mask, int width, int height)
    {
        if (mask.Length != width * height)
        {
            throw new ArgumentException($"The mask has {mask.Length} pixels: expected {width}×{height}.", nameof(mask));
        }

        if (!mask.Contains(true))
        {
            return null;
        }

        var bytes = new byte[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            bytes[i] = mask[i] ? (byte)255 : (byte)0;
        }

        using var image = Mat.FromPixelData(height, width, MatType.CV_8UC1, bytes);
        var moments = Cv2.Moments(image, binaryImage: true);
        var (ratio, angle) = Axes(moments.Mu20 / moments.M00, moments.Mu02 / moments.M00, moments.Mu11 / moments.M00);
        var centres = Centres(image);
        var fraction = moments.M00 / mask.Length;
        return new MaskShape(
            Field(moments.M01 / moments.M00, height),
            Field(moments.M10 / moments.M00, width),
            ratio >= DirectionalFrom ? Direction(angle) : Orientation.None,
            ratio >= ThreadLikeFrom ? Elongation.ThreadLike : ratio >= ElongatedFrom ? Elongation.Elongated : Elongation.Compact,
            Scale(fraction),
            centres.Count,
            Pattern(centres, width, height),
            fraction);
    }

    /// <summary>Ratio of the axes and the angle of the long one, radians, counter-clockwise from the horizontal as a person sees it.</summary>
    private static (double Ratio, double Angle) Axes(double xx, double yy, double xy)
    {
        // A pixel has an extent: without its own moment of 1/12 a straight line would be infinitely thin.
        (xx, yy) = (xx + 1.0 / 12, yy + 1.0 / 12);
        var root = Math.Sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
        double major = (xx + yy) / 2 + root, minor = (xx + yy) / 2 - root;
        return (Math.Sqrt(major / Math.Max(minor, 1e-9)), -0.5 * Math.Atan2(2 * xy, xx - yy));
    }

    private static Orientation Direction(double angle)
    {
        var degrees = (angle * 180 / Math.PI + 180) % 180;
        return degrees switch
        {
            < 22.5 or >= 157.5 => Orientation.Horizontal,
            < 67.5 => Orientation.Rising,
            < 112.5 => Orientation.Vertical,
            _ => Orientation.Falling,
        };
    }

    private static DefectScale Scale(double fraction) => fraction switch
    {
        < 0.001 => DefectScale.Tiny,
        < 0.01 => DefectScale.Small,
        < 0.05 => DefectScale.Medium,
        < 0.2 => DefectScale.Large,
        _ => DefectScale.Extensive,
    };

    private static int Field(double position, int size) => Math.Clamp((int)(3 * (position + 0.5) / size), 0, 2);

    private static List<(double X, double Y)> Centres(Mat image)
    {
        using Mat labels = new(), statistics = new(), centroids = new();
        var count = Cv2.ConnectedComponentsWithStats(image, labels, statistics, centroids, PixelConnectivity.Connectivity8);
        return [.. Enumerable.Range(1, count - 1).Select(i => (centroids.At<double>(i, 0), centroids.At<double>(i, 1)))];
    }

    private static DefectPattern Pattern(List<(double X, double Y)> centres, int width, int height)
    {
        if (centres.Count == 1)
        {
            return DefectPattern.Single;
        }

        double meanX = centres.Average(c => c.X), meanY = centres.Average(c => c.Y);
        var distances = centres.ConvertAll(c => Math.Sqrt((c.X - meanX) * (c.X - meanX) + (c.Y - meanY) * (c.Y - meanY)));
        var meanDistance = distances.Average();
        if (centres.Count >= 3)
        {
            var (ratio, _) = Axes(
                centres.Average(c => (c.X - meanX) * (c.X - meanX)), centres.Average(c => (c.Y - meanY) * (c.Y - meanY)), centres.Average(c => (c.X - meanX) * (c.Y - meanY)));
            if (ratio >= AlignedFrom)
            {
                return DefectPattern.Aligned;
            }
        }

        var spread = Math.Sqrt(distances.Average(d => (d - meanDistance) * (d - meanDistance)));
        if (centres.Count >= RadialFrom && spread <= RadialSpread * meanDistance)
        {
            return DefectPattern.Radial;
        }

        return meanDistance < ClusteredBelow * Math.Sqrt((double)width * width + (double)height * height) ? DefectPattern.Clustered : DefectPattern.Scattered;
    }
}
