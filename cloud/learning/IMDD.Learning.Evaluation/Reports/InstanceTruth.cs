using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>True instances of a picture: those of the data set, or the 8-connected components of its mask.</summary>
internal static class InstanceTruth
{
    private const string Unnamed = "defect";

    /// <summary>
    /// Boxes: the data set's own, else those around its masks. Null where it has neither. A mask's components take the class of their pixels, or
    /// the picture's one class.
    /// </summary>
    public static IReadOnlyList<TrueInstance>? Boxes(DatasetSample sample, PixelTruth? truth, int width, int height)
        => !sample.IsAnomalous ? []
            : sample.Boxes.Count > 0 ? [.. sample.Boxes.Select(b => new TrueInstance(b.Class, Box.At(b.X, b.Y, b.Width, b.Height), null))]
            : Masks(sample, truth, width, height);

    /// <summary>Masks: the data set's outlines, else the components of its mask. Null where it has neither.</summary>
    public static IReadOnlyList<TrueInstance>? Masks(DatasetSample sample, PixelTruth? truth, int width, int height)
    {
        if (!sample.IsAnomalous)
        {
            return [];
        }

        if (sample.Polygons.Count > 0)
        {
            return [.. sample.Polygons.GroupBy(p => (object?)p.Part ?? p).Select(g => Of(g.First().Class, Outlined(g, width, height)))];
        }

        return truth is null ? null : [.. OfPixels(truth, width, height)];
    }

    private static IEnumerable<TrueInstance> OfPixels(PixelTruth truth, int width, int height)
    {
        if (truth.Classes is not { } classes || truth.Names.Count == 1)
        {
            return InstanceMask.Components(truth.Mask, width, height).Select(m => Of(truth.Names.Count == 1 ? truth.Names[0] : Unnamed, m));
        }

        return Enumerable.Range(1, truth.Names.Count).SelectMany(number => InstanceMask.Components(Array.ConvertAll(classes, c => c == number), width, height)
            .Select(m => Of(truth.Names[number - 1], m)));
    }

    private static InstanceMask Outlined(IEnumerable<AnnotatedPolygon> parts, int width, int height)
    {
        var polygons = parts.ToList();
        var pixels = PixelTruth.Fill(polygons, width, height);
        var points = polygons.SelectMany(p => p.Points.Chunk(2)).ToList();
        int left = Within(points.Min(p => p[0]), width), right = Within(points.Max(p => p[0]) + 1, width);
        int top = Within(points.Min(p => p[1]), height), bottom = Within(points.Max(p => p[1]) + 1, height);
        return InstanceMask.Cut(pixels, width, left, top, right - left, bottom - top);
    }

    private static int Within(double coordinate, int size) => (int)Math.Clamp(Math.Round(coordinate), 0, size);

    private static TrueInstance Of(string className, InstanceMask mask) => new(className, mask.Bounds(), mask);
}
