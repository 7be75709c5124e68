using System.Text.Json;
using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// COCO JSON: <c>images</c>, <c>annotations</c> (bbox as x, y, width, height; segmentation as polygons), <c>categories</c>. One that
/// <see cref="NormalLabels"/> has is no defect. Pictures are looked for beside the JSON, in <c>images/</c>, and by name anywhere below.
/// </summary>
public sealed class CocoReader : IDatasetReader
{
    public string Key => "coco";

    public bool Detects(DatasetFolder folder) => Jsons(folder).Take(8).Any(f => IsCoco(folder, f));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var byName = folder.Files.Where(DatasetPath.IsImage).GroupBy(DatasetPath.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var json in Jsons(folder))
        {
            sink.Try(json, () => BoundedJson.Read(folder.ReadBytes(json), root => ReadFile(folder, sink, json, root, byName)));
        }
    }

    /// <returns>The number of images listed.</returns>
    private static int ReadFile(DatasetFolder folder, SampleSink sink, string json, JsonElement root, Dictionary<string, string> byName)
    {
        Dictionary<long, string> categories = [];
        foreach (var category in BoundedJson.Array(root, "categories", "It").EnumerateArray())
        {
            categories[BoundedJson.Integer(category, "id", "A category")] = BoundedJson.Text(category, "name", "A category");
        }

        Dictionary<long, List<JsonElement>> annotations = [];
        foreach (var annotation in BoundedJson.Array(root, "annotations", "It").EnumerateArray())
        {
            var image = BoundedJson.Integer(annotation, "image_id", "An annotation");
            if (!annotations.TryGetValue(image, out var list))
            {
                annotations[image] = list = [];
            }

            list.Add(annotation);
        }

        var images = BoundedJson.Array(root, "images", "It");
        foreach (var image in images.EnumerateArray())
        {
            var id = BoundedJson.Integer(image, "id", "An image");
            sink.Try($"{json}#{id}", () => Add(folder, sink, json, image, annotations.GetValueOrDefault(id) ?? [], categories, byName));
        }

        return images.GetArrayLength();
    }

    private static void Add(
        DatasetFolder folder, SampleSink sink, string json, JsonElement image, List<JsonElement> annotations, Dictionary<long, string> categories, Dictionary<string, string> byName)
    {
        var written = BoundedJson.Text(image, "file_name", "An image");
        var here = DatasetPath.Folder(json);
        var file = folder.Resolve(here, written) ?? folder.Resolve(DatasetPath.Join(here, "images"), written) ?? folder.Resolve("images", written)
            ?? byName.GetValueOrDefault(DatasetPath.Name(written.Replace('\\', '/')))
            ?? throw new AnnotationException($"Its image '{written}' is not there.");
        List<AnnotatedBox> boxes = [];
        List<AnnotatedPolygon> polygons = [];
        var outlined = true;
        foreach (var annotation in annotations)
        {
            var category = BoundedJson.Integer(annotation, "category_id", "An annotation");
            var name = categories.GetValueOrDefault(category) ?? throw new AnnotationException($"Category {category} is not defined.");
            if (NormalLabels.Contains(name))
            {
                continue;
            }

            boxes.Add(Box(annotation, name));
            var outlines = Outlines(annotation, name, boxes.Count);
            outlined &= outlines.Count > 0;
            polygons.AddRange(outlines);
        }

        sink.Add(new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = boxes.Count > 0,
            Classes = [.. boxes.Select(b => b.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Boxes = boxes,
            Polygons = outlined ? polygons : [],
            Group = $"coco:{file}",
        });
    }

    private static AnnotatedBox Box(JsonElement annotation, string name)
    {
        var values = BoundedJson.Array(annotation, "bbox", "An annotation").EnumerateArray().Select(v => BoundedJson.Coordinate(v, "A bbox")).ToList();
        return values.Count == 4 && values[2] > 0 && values[3] > 0
            ? new AnnotatedBox(name, values[0], values[1], values[2], values[3])
            : throw new AnnotationException("A bbox is not [x, y, width, height] with an area.");
    }

    private static List<AnnotatedPolygon> Outlines(JsonElement annotation, string name, int number)
    {
        List<AnnotatedPolygon> outlines = [];
        if (annotation.TryGetProperty("segmentation", out var segmentation) && segmentation.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in segmentation.EnumerateArray())
            {
                if (part.ValueKind == JsonValueKind.Array && part.GetArrayLength() is >= 6 and <= 2 * GeometryLimits.MaxPoints and var length && length % 2 == 0)
                {
                    outlines.Add(new AnnotatedPolygon(name, [.. part.EnumerateArray().Select(v => BoundedJson.Coordinate(v, "A segmentation"))], number));
                }
            }
        }

        return outlines;
    }

    private static IEnumerable<string> Jsons(DatasetFolder folder) => folder.Files.Where(f => f.EndsWith(".json", StringComparison.OrdinalIgnoreCase));

    private static bool IsCoco(DatasetFolder folder, string json)
    {
        try
        {
            return BoundedJson.Read(folder.ReadBytes(json), root => root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("images", out _) && root.TryGetProperty("annotations", out _) && root.TryGetProperty("categories", out _));
        }
        catch (AnnotationException)
        {
            return false;
        }
    }
}
