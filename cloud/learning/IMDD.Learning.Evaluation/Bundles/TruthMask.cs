using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>The pixel truth of a sample at its picture's size.</summary>
internal static class TruthMask
{
    /// <summary>
    /// True where defective, row-major; null where the data set does not say (boxes only, or image level). A normal picture is all false.
    /// </summary>
    /// <exception cref="AnnotationException">The mask cannot be read or has another size than the picture.</exception>
    public static bool[]? Read(DatasetSample sample, int width, int height)
    {
        if (!sample.IsAnomalous)
        {
            return new bool[width * height];
        }

        if (sample.Mask is { } file)
        {
            var (maskWidth, maskHeight, mask) = MaskReader.Read(file);
            return maskWidth == width && maskHeight == height
                ? mask
                : throw new AnnotationException($"The mask has {maskWidth}×{maskHeight} pixels: expected {width}×{height}, the picture's.");
        }

        return sample.Polygons.Count > 0 ? Fill(sample.Polygons, width, height) : null;
    }

    private static bool[] Fill(IReadOnlyList<AnnotatedPolygon> polygons, int width, int height)
    {
        using Mat filled = new(height, width, MatType.CV_8UC1, Scalar.All(0));
        foreach (var polygon in polygons)
        {
            var points = new Point[polygon.Points.Count / 2];
            for (var i = 0; i < points.Length; i++)
            {
                points[i] = new Point((int)Math.Round(polygon.Points[2 * i]), (int)Math.Round(polygon.Points[2 * i + 1]));
            }

            Cv2.FillPoly(filled, [points], Scalar.All(1));
        }

        filled.GetArray(out byte[] bytes);
        return Array.ConvertAll(bytes, b => b != 0);
    }
}
