using System.Text.Json;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>labelme JSON; the picture it may carry in <c>imageData</c> is not read.</summary>
/// <param name="ImagePath">As written; null when absent.</param>
/// <param name="Polygons">Polygons; rectangles (two corners) and circles (centre and a point on the rim) become polygons.</param>
public sealed record LabelmeAnnotation(string? ImagePath, IReadOnlyList<AnnotatedPolygon> Polygons)
{
    private const int CirclePoints = 64;

    /// <summary>Parses one file.</summary>
    /// <exception cref="AnnotationException">Not labelme JSON.</exception>
    public static LabelmeAnnotation Parse(byte[] json) => BoundedJson.Read(json, Read);

    private static LabelmeAnnotation Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("shapes", out var shapes) || shapes.ValueKind != JsonValueKind.Array)
        {
            throw new AnnotationException("It is not labelme JSON: expected an object with an array 'shapes'.");
        }

        List<AnnotatedPolygon> polygons = [];
        foreach (var shape in shapes.EnumerateArray())
        {
            polygons.Add(Polygon(shape, polygons.Count));
        }

        var path = root.TryGetProperty("imagePath", out var written) && written.ValueKind == JsonValueKind.String ? written.GetString() : null;
        return new LabelmeAnnotation(path, polygons);
    }

    private static AnnotatedPolygon Polygon(JsonElement shape, int index)
    {
        if (shape.ValueKind != JsonValueKind.Object || !shape.TryGetProperty("label", out var label) || label.ValueKind != JsonValueKind.String)
        {
            throw new AnnotationException($"Shape {index} has no text 'label'.");
        }

        if (!shape.TryGetProperty("points", out var written) || written.ValueKind != JsonValueKind.Array
            || written.GetArrayLength() > GeometryLimits.MaxPoints)
        {
            throw new AnnotationException($"Shape {index} has no usable array 'points'.");
        }

        List<double> points = [];
        foreach (var point in written.EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() != 2)
            {
                throw new AnnotationException($"Shape {index} has a point that is not [x, y].");
            }

            points.Add(BoundedJson.Coordinate(point[0], $"Shape {index}"));
            points.Add(BoundedJson.Coordinate(point[1], $"Shape {index}"));
        }

        var type = shape.TryGetProperty("shape_type", out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : "polygon";
        var outline = (type, points.Count) switch
        {
            ("rectangle", 4) => [points[0], points[1], points[2], points[1], points[2], points[3], points[0], points[3]],
            ("circle", 4) => Circle(points),
            (_, >= 6) => points,
            _ => throw new AnnotationException($"Shape {index} of type '{type}' has {points.Count / 2} points: expected an area."),
        };
        return new AnnotatedPolygon(label.GetString()!, outline);
    }

    private static List<double> Circle(List<double> points)
    {
        var radius = Math.Sqrt(Math.Pow(points[2] - points[0], 2) + Math.Pow(points[3] - points[1], 2));
        List<double> outline = [];
        for (var i = 0; i < CirclePoints; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * i / CirclePoints);
            outline.Add(points[0] + radius * cos);
            outline.Add(points[1] + radius * sin);
        }

        return outline;
    }
}
