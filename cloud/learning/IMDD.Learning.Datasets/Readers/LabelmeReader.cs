using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// labelme: each JSON names its picture in <c>imagePath</c>, relative to itself, or has its stem. A picture without JSON is reported. What
/// <see cref="NormalLabels"/> has is no defect.
/// </summary>
public sealed class LabelmeReader : IDatasetReader
{
    public string Key => "labelme";

    public bool Detects(DatasetFolder folder)
        => folder.Files.Where(f => f.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).Take(3).Any(f => IsLabelme(folder, f));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (var json in folder.Files.Where(f => f.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
        {
            sink.Try(json, () =>
            {
                var annotation = LabelmeAnnotation.Parse(folder.ReadBytes(json));
                var image = ImageOf(folder, json, annotation) ?? throw new AnnotationException("Its image is not there.");
                used.Add(image);
                var defects = annotation.Polygons.Where(p => !NormalLabels.Contains(p.Class)).ToList();
                sink.Add(new DatasetSample
                {
                    Id = image,
                    ImagePath = folder.Absolute(image),
                    IsAnomalous = defects.Count > 0,
                    Classes = [.. defects.Select(p => p.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                    Polygons = defects,
                    Group = $"labelme:{image}",
                });
            });
        }

        foreach (var image in folder.Files.Where(f => DatasetPath.IsImage(f) && !used.Contains(f)))
        {
            sink.Report(image, "It has no annotation.");
        }
    }

    private static string? ImageOf(DatasetFolder folder, string json, LabelmeAnnotation annotation)
    {
        if (annotation.ImagePath is { Length: > 0 } written && folder.Resolve(DatasetPath.Folder(json), written) is { } named && DatasetPath.IsImage(named))
        {
            return named;
        }

        string[] extensions = [".jpg", ".png", ".jpeg", ".bmp", ".tif", ".tiff"];
        return extensions.Select(e => folder.Find(DatasetPath.Join(DatasetPath.Folder(json), DatasetPath.Stem(json) + e))).FirstOrDefault(f => f is not null);
    }

    private static bool IsLabelme(DatasetFolder folder, string json)
    {
        try
        {
            LabelmeAnnotation.Parse(folder.ReadBytes(json));
            return true;
        }
        catch (AnnotationException)
        {
            return false;
        }
    }
}
