using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// NEU-Seg: <c>images/{training,test}/NNNNNN.jpg</c> with <c>annotations/{training,test}/NNNNNN.png</c>, whose values are class numbers
/// (0 background, 1 inclusion, 2 patches, 3 scratches), not 0 and 255.
/// </summary>
public sealed class NeuSegReader : IDatasetReader
{
    private static readonly string[] Types = ["", "inclusion", "patches", "scratches"];

    public string Key => "neu-seg";

    public bool Detects(DatasetFolder folder)
        => folder.Files.Any(f => f.StartsWith("images/", StringComparison.Ordinal)
            && DatasetPath.Parts(f).Length == 3
            && folder.Has($"annotations/{DatasetPath.Parts(f)[1]}/{DatasetPath.Stem(f)}.png"));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files.Where(f => f.StartsWith("images/", StringComparison.Ordinal) && DatasetPath.IsImage(f)))
        {
            var stem = DatasetPath.Stem(file);
            var split = DatasetPath.Parts(file)[1];
            if (folder.Find($"annotations/{split}/{stem}.png") is not { } mask)
            {
                sink.Report(file, $"It has no mask: expected annotations/{split}/{stem}.png.");
                continue;
            }

            sink.Try(mask, () =>
            {
                var numbers = MaskReader.Values(folder.Absolute(mask)).Values.Distinct().Where(v => v > 0).Order().ToList();
                if (numbers.Exists(n => n >= Types.Length))
                {
                    throw new AnnotationException($"It has class number {numbers[^1]}: expected 0 to {Types.Length - 1}.");
                }

                sink.Add(new DatasetSample
                {
                    Id = file,
                    ImagePath = folder.Absolute(file),
                    IsAnomalous = numbers.Count > 0,
                    Classes = [.. numbers.Select(n => Types[n])],
                    Mask = new MaskFile(folder.Absolute(mask), MaskEncoding.NonZero, Types),
                    Category = "hot-rolled steel strip",
                    Material = "steel",
                    Group = $"neu-seg:{stem}",
                    DeclaredSplit = split,
                });
            });
        }
    }
}
