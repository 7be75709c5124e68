using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// SD-saliency-900: <c>Source Images/In_1.bmp</c> with <c>Ground truth/In_1.png</c>. <c>In_i</c>, <c>Pa_i</c> and <c>Sc_i</c> are the pictures that
/// NEU-DET calls <c>inclusion_i</c>, <c>patches_i</c> and <c>scratches_i</c>: same group.
/// </summary>
public sealed class SdSaliencyReader : IDatasetReader
{
    private const string Images = "Source Images";
    private const string Truth = "Ground truth";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal) { ["In"] = "inclusion", ["Pa"] = "patches", ["Sc"] = "scratches" };

    public string Key => "sd-saliency";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => f.StartsWith(Images + "/", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files.Where(f => f.StartsWith(Images + "/", StringComparison.Ordinal) && DatasetPath.IsImage(f)))
        {
            var stem = DatasetPath.Stem(file);
            var cut = stem.IndexOf('_', StringComparison.Ordinal);
            if (cut < 0 || !Types.TryGetValue(stem[..cut], out var type))
            {
                sink.Report(file, "Its name does not start with In_, Pa_ or Sc_.");
            }
            else if (folder.Find($"{Truth}/{stem}.png") is not { } mask)
            {
                sink.Report(file, $"It has no mask: expected {Truth}/{stem}.png.");
            }
            else
            {
                sink.Add(new DatasetSample
                {
                    Id = file,
                    ImagePath = folder.Absolute(file),
                    IsAnomalous = true,
                    Classes = [type],
                    Mask = new MaskFile(folder.Absolute(mask), MaskEncoding.AboveHalf),
                    Category = "hot-rolled steel strip",
                    Material = "steel",
                    Group = $"neu:{type}_{stem[(cut + 1)..]}",
                });
            }
        }
    }
}
