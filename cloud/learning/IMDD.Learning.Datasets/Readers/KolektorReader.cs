using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// KolektorSDD: <c>kos01/Part0.jpg</c> with <c>kos01/Part0_label.bmp</c>. Every picture has a label file; a good one's is all zero, so that only
/// its pixels tell. The eight parts of a commutator are one group.
/// </summary>
public sealed class KolektorReader : IDatasetReader
{
    public string Key => "kolektor";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => f.Contains("kos", StringComparison.Ordinal) && f.EndsWith("_label.bmp", StringComparison.OrdinalIgnoreCase));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files.Where(f => DatasetPath.IsImage(f) && !DatasetPath.Stem(f).EndsWith("_label", StringComparison.OrdinalIgnoreCase)))
        {
            var label = folder.Find($"{DatasetPath.Folder(file)}/{DatasetPath.Stem(file)}_label.bmp");
            if (label is null)
            {
                sink.Report(file, $"It has no label: expected {DatasetPath.Stem(file)}_label.bmp beside it.");
                continue;
            }

            sink.Try(label, () =>
            {
                var mask = new MaskFile(folder.Absolute(label), MaskEncoding.NonZero);
                var defective = MaskReader.Read(mask).Mask.AsSpan().Contains(true);
                sink.Add(new DatasetSample
                {
                    Id = file,
                    ImagePath = folder.Absolute(file),
                    IsAnomalous = defective,
                    Classes = defective ? ["crack"] : [],
                    Mask = mask,
                    Category = "electrical commutator",
                    Material = "plastic",
                    Group = $"kolektor:{DatasetPath.Folder(file)}",
                });
            });
        }
    }
}
