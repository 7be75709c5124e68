using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>One folder per class, image level; folders that say so are normal. The last resort of detection.</summary>
public sealed class FoldersReader : IDatasetReader
{
    private static readonly string[] Normal = ["good", "ok", "normal", "free", "negative", "none", "no_defect", "正常", "无瑕疵样本"];

    public string Key => "folders";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => DatasetPath.IsImage(f) && DatasetPath.Folder(f).Length > 0);

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files)
        {
            var type = DatasetPath.Name(DatasetPath.Folder(file));
            if (!DatasetPath.IsImage(file))
            {
                continue;
            }

            if (type.Length == 0)
            {
                sink.Report(file, "It lies in no class folder.");
                continue;
            }

            var normal = Normal.Contains(type, StringComparer.OrdinalIgnoreCase);
            sink.Add(new DatasetSample
            {
                Id = file,
                ImagePath = folder.Absolute(file),
                IsAnomalous = !normal,
                Classes = normal ? [] : [type],
                Group = $"folders:{file}",
            });
        }
    }
}
