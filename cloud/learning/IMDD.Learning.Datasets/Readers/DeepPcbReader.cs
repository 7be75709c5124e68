using System.Globalization;
using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// DeepPCB: <c>group00041/00041/00041000_{test,temp}.jpg</c> with boxes in <c>group00041/00041_not/00041000.txt</c>, <c>x1 y1 x2 y2 type</c>,
/// separated by blanks (the data set's own README says commas; both are read). The lists name files that do not exist in that spelling.
/// The template is the reference; boards of one group share a layout.
/// </summary>
public sealed class DeepPcbReader : IDatasetReader
{
    private const string TestSuffix = "_test.jpg";

    private static readonly string[] Types = ["", "open", "short", "mousebite", "spur", "copper", "pin-hole"];

    public string Key => "deeppcb";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => f.Contains("group", StringComparison.Ordinal) && f.EndsWith(TestSuffix, StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var splits = Splits(folder, sink);
        foreach (var file in folder.Files.Where(f => f.EndsWith(TestSuffix, StringComparison.Ordinal)))
        {
            var id = DatasetPath.Name(file)[..^TestSuffix.Length];
            var boards = DatasetPath.Folder(file);
            var labels = folder.Find($"{boards}_not/{id}.txt");
            var template = folder.Find($"{boards}/{id}_temp.jpg");
            if (labels is null || template is null)
            {
                sink.Report(file, $"It lacks {(labels is null ? $"its boxes {boards}_not/{id}.txt" : $"its template {id}_temp.jpg")}.");
                continue;
            }

            sink.Try(labels, () =>
            {
                var boxes = Boxes(folder.ReadText(labels));
                sink.Add(new DatasetSample
                {
                    Id = file,
                    ImagePath = folder.Absolute(file),
                    ReferencePath = folder.Absolute(template),
                    IsAnomalous = boxes.Count > 0,
                    Classes = [.. boxes.Select(b => b.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                    Boxes = boxes,
                    Category = "printed circuit board",
                    Material = "copper on laminate",
                    Group = $"deeppcb:{DatasetPath.Name(boards)}",
                    DeclaredSplit = splits.GetValueOrDefault(id),
                });
            });
        }
    }

    private static List<AnnotatedBox> Boxes(string text)
    {
        List<AnnotatedBox> boxes = [];
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var fields = line.Split([' ', ',', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
            {
                continue;
            }

            var values = new int[5];
            if (fields.Length != 5 || !fields.Select((f, i) => int.TryParse(f, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[i])).All(ok => ok))
            {
                throw new AnnotationException($"Line {number} is '{line.Trim()}': expected 'x1 y1 x2 y2 type'.");
            }

            if (values[4] <= 0 || values[4] >= Types.Length)
            {
                throw new AnnotationException($"Line {number} has type {values[4]}: expected 1 to {Types.Length - 1}.");
            }

            if (values[2] <= values[0] || values[3] <= values[1] || values.Take(4).Any(v => Math.Abs((double)v) > GeometryLimits.MaxCoordinate))
            {
                throw new AnnotationException($"Line {number} has an empty or impossible box.");
            }

            boxes.Add(new AnnotatedBox(Types[values[4]], values[0], values[1], values[2] - values[0], values[3] - values[1]));
        }

        return boxes;
    }

    private static Dictionary<string, string> Splits(DatasetFolder folder, SampleSink sink)
    {
        Dictionary<string, string> splits = new(StringComparer.Ordinal);
        foreach (var list in folder.Files.Where(f => DatasetPath.Name(f) is "trainval.txt" or "test.txt"))
        {
            sink.Try(list, () =>
            {
                foreach (var line in folder.ReadText(list).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    splits[DatasetPath.Stem(line.Split(' ')[0].Trim())] = DatasetPath.Stem(list);
                }
            });
        }

        return splits;
    }
}
