using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>One line of YOLO text.</summary>
/// <param name="ClassIndex">Index into the names of <c>data.yaml</c>.</param>
/// <param name="Values">Relative 0…1: centre x, centre y, width, height, or an outline.</param>
public sealed record YoloLabel(int ClassIndex, IReadOnlyList<double> Values)
{
    /// <summary>True for a box.</summary>
    public bool IsBox => Values.Count == 4;

    /// <summary>The box in pixels of a picture of this size; of an outline, its bounds.</summary>
    public AnnotatedBox Box(string name, int width, int height)
    {
        if (IsBox)
        {
            return new AnnotatedBox(name, (Values[0] - Values[2] / 2) * width, (Values[1] - Values[3] / 2) * height, Values[2] * width, Values[3] * height);
        }

        var xs = Values.Where((_, i) => i % 2 == 0).ToList();
        var ys = Values.Where((_, i) => i % 2 == 1).ToList();
        return new AnnotatedBox(name, xs.Min() * width, ys.Min() * height, (xs.Max() - xs.Min()) * width, (ys.Max() - ys.Min()) * height);
    }

    /// <summary>The outline in pixels of a picture of this size.</summary>
    public AnnotatedPolygon Polygon(string name, int width, int height)
        => new(name, [.. Values.Select((v, i) => v * (i % 2 == 0 ? width : height))]);
}
