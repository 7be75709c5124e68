using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// YOLO in the arrangement <c>…/images/x.jpg</c> with <c>…/labels/x.txt</c> (or side by side): boxes, polygons and oriented boxes, mixed if need be.
/// Names from <c>data.yaml</c> or <c>classes.txt</c>. An empty label file is a good part; a missing one is reported. What
/// <see cref="NormalLabels"/> has is no defect. What comes before Roboflow's <c>.rf.</c> is one picture and its augmentations: one group. <c>gear</c> is one of these.
/// </summary>
public sealed class YoloReader(string key = "yolo") : IDatasetReader
{
    public string Key => key;

    public bool Detects(DatasetFolder folder)
        => (folder.Has("data.yaml") || folder.Has("classes.txt")) && folder.Files.Any(f => f.Contains("labels/", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var names = YoloNames.Read(folder, sink);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(DatasetPath.IsImage))
        {
            var label = LabelOf(folder, file);
            if (label is null)
            {
                sink.Report(file, $"It has no label file: expected {DatasetPath.Stem(file)}.txt.");
                continue;
            }

            used.Add(label);
            sink.Try(label, () => Add(folder, sink, file, YoloLabels.Parse(folder.ReadText(label)), names));
        }

        foreach (var label in folder.Files.Where(f => f.Contains("labels/", StringComparison.Ordinal) && f.EndsWith(".txt", StringComparison.Ordinal) && !used.Contains(f)))
        {
            sink.Report(label, "It is a label file without an image.");
        }
    }

    private static string? LabelOf(DatasetFolder folder, string image)
    {
        var parts = DatasetPath.Parts(image);
        var images = Array.FindLastIndex(parts, p => p == "images");
        if (images >= 0)
        {
            parts[images] = "labels";
        }

        parts[^1] = DatasetPath.Stem(image) + ".txt";
        return folder.Find(string.Join('/', parts));
    }

    private void Add(DatasetFolder folder, SampleSink sink, string file, IReadOnlyList<YoloLabel> labels, YoloNames names)
    {
        var defects = labels.Where(l => !NormalLabels.Contains(names.Of(l.ClassIndex))).ToList();
        var (width, height) = defects.Count > 0 ? ImageSizes.Read(folder, file) : (0, 0);
        sink.Add(new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = defects.Count > 0,
            Classes = [.. defects.Select(l => names.Of(l.ClassIndex)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Boxes = [.. defects.Select(l => l.Box(names.Of(l.ClassIndex), width, height))],
            // Where some objects have outlines and others only boxes, outlines alone would call the boxed ones background.
            Polygons = defects.TrueForAll(l => !l.IsBox) ? [.. defects.Select(l => l.Polygon(names.Of(l.ClassIndex), width, height))] : [],
            Category = key == "gear" ? "gear" : null,
            Material = key == "gear" ? "steel" : null,
            Group = $"{key}:{Original(DatasetPath.Stem(file))}",
            DeclaredSplit = Array.Find(DatasetPath.Parts(file), p => p is "train" or "valid" or "val" or "test"),
        });
    }

    private static string Original(string stem) => stem.IndexOf(".rf.", StringComparison.Ordinal) is > 0 and var cut ? stem[..cut] : stem;
}
