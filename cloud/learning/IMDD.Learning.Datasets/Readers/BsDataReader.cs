using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// BSData (ball screw drives): <c>data/*.jpg</c>, labelme <c>label/*.json</c> with polygons; a picture without pitting has no JSON. The pictures are
/// a wear series of few spindles: one day's are one group.
/// </summary>
public sealed class BsDataReader : IDatasetReader
{
    private const int DayLength = 9; // "01_200905": spindle and day

    public string Key => "bsdata";

    public bool Detects(DatasetFolder folder)
        => folder.Has("image_data.json") && folder.Files.Any(f => f.StartsWith("label/", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var labels = folder.Files.Where(f => f.StartsWith("label/", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(f => f.StartsWith("data/", StringComparison.Ordinal) && DatasetPath.IsImage(f)))
        {
            var stem = DatasetPath.Stem(file);
            var label = $"label/{stem}.json";
            IReadOnlyList<AnnotatedPolygon> polygons = [];
            if (labels.Remove(label))
            {
                var ok = false;
                sink.Try(label, () =>
                {
                    polygons = LabelmeAnnotation.Parse(folder.ReadBytes(label)).Polygons;
                    ok = true;
                });
                if (!ok)
                {
                    // Without its label nobody knows whether the picture is good.
                    continue;
                }
            }

            sink.Add(new DatasetSample
            {
                Id = file,
                ImagePath = folder.Absolute(file),
                IsAnomalous = polygons.Count > 0,
                Classes = [.. polygons.Select(p => p.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                Polygons = polygons,
                Category = "ball screw drive",
                Material = "steel",
                Group = $"bsdata:{(stem.Length >= DayLength ? stem[..DayLength] : stem)}",
            });
        }

        foreach (var orphan in labels.Order(StringComparer.Ordinal))
        {
            sink.Report(orphan, "It is a label without an image.");
        }
    }
}
