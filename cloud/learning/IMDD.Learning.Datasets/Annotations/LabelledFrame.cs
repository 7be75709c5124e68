using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>A frame of <c>labels.json</c> with what people agreed on.</summary>
/// <param name="File">Its picture as written, relative to the folder of <c>labels.json</c>.</param>
/// <param name="Digest"><c>sha256:</c> digest of the picture's bytes.</param>
/// <param name="Camera">Camera that took it.</param>
/// <param name="AssetPath">Where that camera is; null where it is not said.</param>
/// <param name="Weight">How often it is drawn beside another of its kind, above 0 and at most 1; 1 where it is not said.</param>
/// <param name="Boxes">One per region.</param>
/// <param name="Polygons">Outlines of the regions; empty where none has one.</param>
internal sealed record LabelledFrame(
    string File, string Digest, string Camera, string? AssetPath, double Weight, IReadOnlyList<AnnotatedBox> Boxes, IReadOnlyList<AnnotatedPolygon> Polygons)
{
    private const int MaxRegions = 64;
    private const int MaxWord = 256;
    private const int MaxCounts = 16 << 20;
    private const string Pass = "pass";
    private const string Fail = "fail";

    /// <exception cref="AnnotationException">Not such a frame.</exception>
    public static LabelledFrame Parse(JsonElement frame)
    {
        var file = BoundedJson.Text(frame, "file", "A frame");
        var digest = BoundedJson.Text(frame, "sha256", "A frame");
        if (!ContentDigest.IsValid(ContentDigest.Prefix + digest))
        {
            throw new AnnotationException("A frame: expected 64 lower-case hex digits in 'sha256'.");
        }

        var verdict = BoundedJson.Text(frame, "verdict", "A frame");
        var regions = BoundedJson.Array(frame, "regions", "A frame");
        if (verdict is not (Pass or Fail) || verdict == Fail != regions.GetArrayLength() > 0 || regions.GetArrayLength() > MaxRegions)
        {
            throw new AnnotationException($"A frame: expected verdict '{Pass}' without regions, or '{Fail}' with 1 to {MaxRegions}.");
        }

        List<AnnotatedBox> boxes = [];
        List<AnnotatedPolygon> polygons = [];
        List<AnnotatedPolygon> plain = [];
        foreach (var region in regions.EnumerateArray())
        {
            var box = Box(region, Word(BoundedJson.Text(region, "class", "A region"), "class"));
            boxes.Add(box);
            var outlines = Outlines(region, box.Class, boxes.Count);
            polygons.AddRange(outlines);
            if (outlines.Count == 0)
            {
                plain.Add(Rectangle(box, boxes.Count));
            }
        }

        // Beside outlines a box counts as one: else its defect would be taken for good.
        return new LabelledFrame(
            file,
            ContentDigest.Prefix + digest,
            Word(BoundedJson.Text(frame, "camera", "A frame"), "camera"),
            frame.TryGetProperty("asset_path", out _) ? Word(BoundedJson.Text(frame, "asset_path", "A frame"), "asset_path") : null,
            frame.TryGetProperty("weight", out var weight) ? Share(weight) : 1,
            boxes,
            polygons.Count > 0 ? [.. polygons, .. plain] : []);
    }

    private static string Word(string text, string name)
        => text.Length is > 0 and <= MaxWord ? text : throw new AnnotationException($"'{name}' has {text.Length} characters: expected 1 to {MaxWord}.");

    private static double Share(JsonElement weight)
        => BoundedJson.Coordinate(weight, "A weight") is > 0 and <= 1 and var share ? share : throw new AnnotationException("A weight is not a number above 0 and at most 1.");

    private static AnnotatedBox Box(JsonElement region, string name)
    {
        var values = BoundedJson.Array(region, "bbox", "A region").EnumerateArray().Select(v => BoundedJson.Coordinate(v, "A bbox")).Take(5).ToList();
        return values.Count == 4 && values[2] > 0 && values[3] > 0
            ? new AnnotatedBox(name, values[0], values[1], values[2], values[3])
            : throw new AnnotationException("A bbox is not [x, y, width, height] with an area.");
    }

    private static List<AnnotatedPolygon> Outlines(JsonElement region, string name, int part)
    {
        if (region.TryGetProperty("polygon", out var polygon))
        {
            return polygon.ValueKind == JsonValueKind.Array && polygon.GetArrayLength() is >= 6 and <= 2 * GeometryLimits.MaxPoints && polygon.GetArrayLength() % 2 == 0
                ? [new AnnotatedPolygon(name, [.. polygon.EnumerateArray().Select(v => BoundedJson.Coordinate(v, "A polygon"))], part)]
                : throw new AnnotationException("A polygon is not x and y of at least three points.");
        }

        return region.TryGetProperty("rle", out var rle) ? MaskOutlines.Of(name, Rle(rle), part) : [];
    }

    private static MaskRle Rle(JsonElement rle)
    {
        var size = BoundedJson.Array(rle, "size", "An rle").EnumerateArray().Select(v => BoundedJson.Coordinate(v, "A size")).Take(3).ToList();
        var counts = BoundedJson.Text(rle, "counts", "An rle");
        return size.Count == 2 && size.TrueForAll(v => v > 0 && v == Math.Truncate(v)) && counts.Length <= MaxCounts
            ? new MaskRle([.. size.Select(v => (int)v)], counts)
            : throw new AnnotationException($"An rle is not a size [height, width] and counts of at most {MaxCounts} characters.");
    }

    private static AnnotatedPolygon Rectangle(AnnotatedBox box, int part)
    {
        var (left, top) = (Math.Round(box.X), Math.Round(box.Y));
        var (right, bottom) = (Math.Max(left, Math.Round(box.X + box.Width) - 1), Math.Max(top, Math.Round(box.Y + box.Height) - 1));
        return new AnnotatedPolygon(box.Class, [left, top, right, top, right, bottom, left, bottom], part);
    }
}
