using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>CrackForest: <c>image/NNN.jpg</c> with <c>groundTruth/NNN.mat</c>, whose <c>Segmentation</c> is 2 (and above) on a crack.</summary>
public sealed class CrackForestReader : IDatasetReader
{
    public string Key => "crackforest";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => f.StartsWith("groundTruth/", StringComparison.Ordinal) && f.EndsWith(".mat", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        foreach (var file in folder.Files.Where(f => f.StartsWith("image/", StringComparison.Ordinal) && DatasetPath.IsImage(f)))
        {
            var truth = folder.Find($"groundTruth/{DatasetPath.Stem(file)}.mat");
            if (truth is null)
            {
                sink.Report(file, $"It has no truth: expected groundTruth/{DatasetPath.Stem(file)}.mat.");
                continue;
            }

            sink.Try(truth, () =>
            {
                var cracked = MatlabSegmentation.Parse(folder.ReadBytes(truth)).Values.Any(v => v > 1);
                sink.Add(new DatasetSample
                {
                    Id = file,
                    ImagePath = folder.Absolute(file),
                    IsAnomalous = cracked,
                    Classes = cracked ? ["crack"] : [],
                    Mask = new MaskFile(folder.Absolute(truth), MaskEncoding.MatlabSegmentation),
                    Category = "road surface",
                    Material = "concrete",
                    Group = $"crackforest:{DatasetPath.Stem(file)}",
                });
            });
        }
    }
}
