using System.Globalization;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// ELPV (electroluminescence of solar cells): <c>images/cellNNNN.png</c>, <c>labels.csv</c> without header and separated by blanks,
/// <c>images/cellNNNN.png  probability  mono|poly</c> with a probability of 0, ⅓, ⅔ or 1. Image level. A cell counts as defective from ½ on;
/// neighbouring numbers are cells of one module and share a group of 36.
/// </summary>
public sealed class ElpvReader : IDatasetReader
{
    private const string Labels = "labels.csv";
    private const int CellsPerGroup = 36;
    private const double Defective = 0.5;

    public string Key => "elpv";

    public bool Detects(DatasetFolder folder) => Root(folder) is not null;

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var root = Root(folder) ?? throw new DatasetException($"'{folder.Root}' has no {Labels} beside images/.");
        var labels = DatasetPath.Join(root, Labels);
        sink.Try(labels, () =>
        {
            var number = 0;
            foreach (var line in folder.ReadText(labels).Split('\n'))
            {
                number++;
                var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 0)
                {
                    sink.Try($"{labels}:{number}", () => Add(folder, sink, root, fields));
                }
            }
        });
        var listed = sink.Samples.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(f => DatasetPath.IsImage(f) && f.StartsWith(DatasetPath.Join(root, "images/"), StringComparison.Ordinal)))
        {
            if (!listed.Contains(file))
            {
                sink.Report(file, $"It is not listed in {labels}.");
            }
        }
    }

    private static string? Root(DatasetFolder folder)
        => folder.Files.Where(f => DatasetPath.Name(f) == Labels).Select(DatasetPath.Folder)
            .FirstOrDefault(r => folder.Files.Any(f => f.StartsWith(DatasetPath.Join(r, "images/cell"), StringComparison.Ordinal)));

    private static void Add(DatasetFolder folder, SampleSink sink, string root, string[] fields)
    {
        if (fields.Length != 3
            || !double.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var probability)
            || probability is not (>= 0 and <= 1))
        {
            throw new AnnotationException($"'{string.Join(' ', fields)}' is not 'path probability type'.");
        }

        var file = folder.Resolve(root, fields[0]) ?? throw new AnnotationException($"It names {fields[0]}, which is not there.");
        var digits = string.Concat(DatasetPath.Stem(file).Where(char.IsAsciiDigit));
        var cell = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
        sink.Add(new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = probability >= Defective,
            Classes = probability >= Defective ? ["defective cell"] : [],
            DefectProbability = probability,
            Category = $"solar cell, {(fields[2] == "mono" ? "monocrystalline" : "polycrystalline")}",
            Material = "silicon",
            Group = $"elpv:{cell / CellsPerGroup}",
        });
    }
}
