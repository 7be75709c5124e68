using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// Pascal VOC in any arrangement: each XML finds its picture by its own stem, and only then by <c>filename</c>; <c>path</c> is never read.
/// What <see cref="NormalLabels"/> has is no defect. HRIPCB is one of these.
/// </summary>
public sealed class VocReader(string key = "voc") : IDatasetReader
{
    public string Key => key;

    public bool Detects(DatasetFolder folder)
        => folder.Files.Any(f => f.StartsWith("Annotations/", StringComparison.OrdinalIgnoreCase) || f.Contains("/Annotations/", StringComparison.OrdinalIgnoreCase));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var images = folder.Files.Where(DatasetPath.IsImage).GroupBy(DatasetPath.Stem, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.OrdinalIgnoreCase);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (var xml in folder.Files.Where(f => DatasetPath.Extension(f).Equals(".xml", StringComparison.OrdinalIgnoreCase)))
        {
            sink.Try(xml, () =>
            {
                var annotation = VocAnnotation.Parse(folder.ReadBytes(xml));
                var image = Nearest(images.GetValueOrDefault(DatasetPath.Stem(xml)), xml)
                    ?? Nearest(annotation.FileName is { Length: > 0 } name ? images.GetValueOrDefault(DatasetPath.Stem(DatasetPath.Name(name.Replace('\\', '/')))) : null, xml)
                    ?? throw new AnnotationException("Its image is not there.");
                used.Add(image);
                var defects = annotation.Boxes.Where(b => !NormalLabels.Contains(b.Class)).ToList();
                sink.Add(new DatasetSample
                {
                    Id = image,
                    ImagePath = folder.Absolute(image),
                    IsAnomalous = defects.Count > 0,
                    Classes = [.. defects.Select(b => b.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                    Boxes = defects,
                    Category = key == "hripcb" ? "printed circuit board" : null,
                    Group = $"{key}:{Board(image)}",
                });
            });
        }

        foreach (var image in images.Values.SelectMany(v => v).Where(i => !used.Contains(i)).Order(StringComparer.Ordinal))
        {
            sink.Report(image, "It has no annotation.");
        }
    }

    /// <summary>HRIPCB draws many defects into the same ten boards; the number before the first underscore is the board.</summary>
    private string Board(string image)
    {
        var stem = DatasetPath.Stem(image);
        return key == "hripcb" && stem.IndexOf('_', StringComparison.Ordinal) is > 0 and var cut ? stem[..cut] : image;
    }

    /// <summary>Of several pictures with one stem, the one that shares most of its folders with the annotation.</summary>
    private static string? Nearest(List<string>? candidates, string xml)
        => candidates?.OrderByDescending(c => DatasetPath.Parts(DatasetPath.Folder(c)).Intersect(DatasetPath.Parts(DatasetPath.Folder(xml)), StringComparer.OrdinalIgnoreCase).Count())
            .ThenBy(c => c, StringComparer.Ordinal).FirstOrDefault();
}
