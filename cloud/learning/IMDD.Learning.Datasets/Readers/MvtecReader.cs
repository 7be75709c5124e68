using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// MVTec AD and whatever follows its layout: <c>[category/]{train,validation,test}/&lt;type&gt;/NNN.png</c> with
/// <c>ground_truth/&lt;type&gt;/NNN_mask.png</c>. <c>good</c> (or <c>ok</c>) has no mask. The root may be one category or hold several.
/// </summary>
public sealed class MvtecReader : IDatasetReader
{
    private const string GroundTruth = "ground_truth";

    private static readonly string[] Splits = ["train", "validation", "test", "test_public"];
    private static readonly string[] NormalTypes = ["good", "ok"];

    public string Key => "mvtec";

    public bool Detects(DatasetFolder folder)
        => folder.Files.Any(f => Parse(f) is { Split: "train" } image && IsNormal(image.Type))
        && folder.Files.Any(f => DatasetPath.Parts(f).Contains(GroundTruth));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        HashSet<string> usedMasks = new(StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(DatasetPath.IsImage))
        {
            if (Parse(file) is { } image)
            {
                Add(folder, sink, file, image, usedMasks);
            }
            else if (!DatasetPath.Parts(file).Contains(GroundTruth))
            {
                sink.Report(file, "It lies neither in a split (train, validation, test) nor in ground_truth.");
            }
        }

        foreach (var mask in folder.Files.Where(f => DatasetPath.IsImage(f) && DatasetPath.Parts(f).Contains(GroundTruth) && !usedMasks.Contains(f)))
        {
            sink.Report(mask, "It is a mask without an image.");
        }
    }

    private static void Add(DatasetFolder folder, SampleSink sink, string file, MvtecImage image, HashSet<string> usedMasks)
    {
        var normal = IsNormal(image.Type);
        string? mask = null;
        if (!normal)
        {
            var truth = DatasetPath.Join(image.Category, image.Split == "test_public" ? "test_public" : "", GroundTruth, image.Type);
            var stem = DatasetPath.Stem(file);
            mask = folder.Find($"{truth}/{stem}_mask.png") ?? folder.Find($"{truth}/{stem}.png");
            if (mask is null)
            {
                sink.Report(file, $"It has no mask: expected {truth}/{stem}_mask.png.");
                return;
            }

            usedMasks.Add(mask);
        }

        sink.Add(new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = !normal,
            Classes = normal ? [] : [image.Type],
            Mask = mask is null ? null : new MaskFile(folder.Absolute(mask), MaskEncoding.NonZero),
            Category = image.Category.Length > 0 ? DatasetPath.Name(image.Category) : DatasetPath.Name(folder.Root.Replace('\\', '/')),
            Group = $"mvtec:{file}",
            DeclaredSplit = image.Split,
        });
    }

    private static bool IsNormal(string type) => NormalTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    private static MvtecImage? Parse(string file)
    {
        var parts = DatasetPath.Parts(file);
        return parts.Length >= 3 && Splits.Contains(parts[^3], StringComparer.Ordinal) && parts[^2] != GroundTruth && DatasetPath.IsImage(file)
            ? new MvtecImage(string.Join('/', parts[..^3]), parts[^3], parts[^2])
            : null;
    }

    private sealed record MvtecImage(string Category, string Split, string Type);
}
