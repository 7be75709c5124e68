using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// NEU-DET: <c>IMAGES/&lt;class&gt;_&lt;i&gt;.jpg</c>, <c>ANNOTATIONS/&lt;class&gt;_&lt;i&gt;.xml</c>, or the variant with <c>{train,validation}/images</c>.
/// The XML's own <c>filename</c> often lacks its extension and a box may have another class than the file: the stem pairs, the box's
/// <c>name</c> names. Pictures shared with SD-saliency-900 have the same group there.
/// </summary>
public sealed class NeuDetReader : IDatasetReader
{
    private static readonly string[] Types = ["crazing", "inclusion", "patches", "pitted_surface", "rolled-in_scale", "scratches"];

    public string Key => "neu-det";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => TypeOf(f) is not null && DatasetPath.Extension(f).Equals(".xml", StringComparison.OrdinalIgnoreCase));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var annotations = folder.Files
            .Where(f => DatasetPath.Extension(f).Equals(".xml", StringComparison.OrdinalIgnoreCase))
            .GroupBy(DatasetPath.Stem, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(DatasetPath.IsImage))
        {
            var stem = DatasetPath.Stem(file);
            if (TypeOf(file) is null)
            {
                sink.Report(file, "Its name is not '<class>_<number>' of one of the six classes.");
            }
            else if (!annotations.Remove(stem, out var xml))
            {
                sink.Report(file, $"It has no annotation {stem}.xml.");
            }
            else
            {
                sink.Try(xml, () => Add(folder, sink, file, VocAnnotation.Parse(folder.ReadBytes(xml))));
            }
        }

        foreach (var orphan in annotations.Values.Order(StringComparer.Ordinal))
        {
            sink.Report(orphan, "It is an annotation without an image.");
        }
    }

    private static void Add(DatasetFolder folder, SampleSink sink, string file, VocAnnotation annotation)
        => sink.Add(new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = annotation.Boxes.Count > 0,
            Classes = [.. annotation.Boxes.Select(b => b.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Boxes = annotation.Boxes,
            Category = "hot-rolled steel strip",
            Material = "steel",
            Group = $"neu:{DatasetPath.Stem(file)}",
            DeclaredSplit = DatasetPath.Parts(file).FirstOrDefault(p => p is "train" or "validation"),
        });

    private static string? TypeOf(string file)
    {
        var stem = DatasetPath.Stem(file);
        return Array.Find(Types, t => stem.StartsWith(t + "_", StringComparison.Ordinal) && stem[(t.Length + 1)..].All(char.IsAsciiDigit));
    }
}
