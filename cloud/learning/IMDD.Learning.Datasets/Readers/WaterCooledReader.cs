using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// Water-cooled wall: class folders <c>normal</c> and <c>defect</c> under <c>train</c> and <c>test</c>, image level, grey and colour mixed. The two
/// splits overlap, so that exact copies have to be grouped before splitting.
/// </summary>
public sealed class WaterCooledReader : IDatasetReader
{
    public string Key => "water-cooled";

    public bool Detects(DatasetFolder folder)
        => folder.Files.Any(f => f.Contains("/normal/", StringComparison.Ordinal)) && folder.Files.Any(f => f.Contains("/defect/", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files.Where(DatasetPath.IsImage))
        {
            var parts = DatasetPath.Parts(file);
            var type = parts.Length >= 2 ? parts[^2] : "";
            if (type is not ("normal" or "defect"))
            {
                sink.Report(file, "It lies neither in 'normal' nor in 'defect'.");
                continue;
            }

            sink.Add(new DatasetSample
            {
                Id = file,
                ImagePath = folder.Absolute(file),
                IsAnomalous = type == "defect",
                Classes = type == "defect" ? ["defect"] : [],
                Category = "water-cooled wall",
                Material = "steel",
                Group = $"water-cooled:{file}",
                DeclaredSplit = parts.Length >= 3 ? parts[^3] : null,
            });
        }
    }
}
