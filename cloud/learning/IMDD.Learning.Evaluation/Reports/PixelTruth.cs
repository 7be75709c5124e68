using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>The pixel truth of a sample at its picture's size.</summary>
/// <param name="Mask">True where defective, row-major.</param>
/// <param name="Classes">Per pixel 0 for none, k for <c>Names[k − 1]</c>; null where the data set does not say which of several classes a pixel has.</param>
/// <param name="Names">Class names as the data set writes them.</param>
internal sealed record PixelTruth(bool[] Mask, byte[]? Classes, IReadOnlyList<string> Names)
{
    private const string Unnamed = "defect";

    /// <summary>Null where the data set has no pixel truth for this sample (boxes only, or image level). A normal picture is all false.</summary>
    /// <exception cref="AnnotationException">The mask cannot be read or has another size than the picture.</exception>
    public static PixelTruth? Read(DatasetSample sample, int width, int height)
        => !sample.IsAnomalous ? new PixelTruth(new bool[width * height], new byte[width * height], [])
            : sample.Mask is { } file ? OfMask(sample, file, width, height)
            : sample.Polygons.Count > 0 ? OfPolygons(sample.Polygons, width, height)
            : null;

    /// <summary>Pixels of one polygon, or of several that are parts of one object: the centre of a pixel counts, edges included.</summary>
    public static byte[] Fill(IEnumerable<AnnotatedPolygon> polygons, int width, int height)
    {
        using Mat filled = new(height, width, MatType.CV_8UC1, Scalar.All(0));
        foreach (var polygon in polygons)
        {
            Fill(filled, polygon, 1);
        }

        filled.GetArray(out byte[] bytes);
        return bytes;
    }

    private static PixelTruth OfMask(DatasetSample sample, MaskFile file, int width, int height)
    {
        var (maskWidth, maskHeight, mask) = MaskReader.Read(file);
        if (maskWidth != width || maskHeight != height)
        {
            throw new AnnotationException($"The mask has {maskWidth}×{maskHeight} pixels: expected {width}×{height}, the picture's.");
        }

        return file.ClassOfValue is { } names ? new PixelTruth(mask, MaskReader.Values(file.Path).Values, [.. names.Skip(1)])
            : sample.Classes.Count <= 1 ? new PixelTruth(mask, Array.ConvertAll(mask, m => m ? (byte)1 : (byte)0), sample.Classes.Count == 1 ? sample.Classes : [Unnamed])
            : new PixelTruth(mask, null, sample.Classes);
    }

    private static PixelTruth OfPolygons(IReadOnlyList<AnnotatedPolygon> polygons, int width, int height)
    {
        var names = polygons.Select(p => p.Class).Distinct(StringComparer.Ordinal).Take(byte.MaxValue).ToList();
        using Mat filled = new(height, width, MatType.CV_8UC1, Scalar.All(0));

        // As in training: what lies within a larger one is not hidden by it.
        foreach (var polygon in polygons.OrderByDescending(p => p.Area()))
        {
            Fill(filled, polygon, names.IndexOf(polygon.Class) + 1);
        }

        filled.GetArray(out byte[] classes);
        return new PixelTruth(Array.ConvertAll(classes, c => c != 0), classes, names);
    }

    private static void Fill(Mat filled, AnnotatedPolygon polygon, int value)
    {
        var points = new Point[polygon.Points.Count / 2];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new Point((int)Math.Round(polygon.Points[2 * i]), (int)Math.Round(polygon.Points[2 * i + 1]));
        }

        Cv2.FillPoly(filled, [points], Scalar.All(value));
    }
}
