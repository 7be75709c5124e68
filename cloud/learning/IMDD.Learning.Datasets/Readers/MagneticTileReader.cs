using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// Magnetic Tile: <c>MT_&lt;Class&gt;/Imgs/exp1_num_2.{jpg,png}</c>, picture and mask with one stem. Masks have grey edges; some of "Uneven" are
/// empty and their pictures are reported. One tile was photographed several times: groups come from <c>groups.csv</c> (stem, class, group)
/// where it is, else from the pictures themselves (see <see cref="PatternGroups"/>).
/// </summary>
public sealed class MagneticTileReader : IDatasetReader
{
    private const string GroupsFile = "groups.csv";
    private const string Free = "MT_Free";

    public string Key => "magnetic-tile";

    public bool Detects(DatasetFolder folder) => folder.Files.Any(f => f.StartsWith("MT_", StringComparison.Ordinal) && f.Contains("/Imgs/", StringComparison.Ordinal));

    public void Read(DatasetFolder folder, SampleSink sink)
    {
        var groups = folder.Has(GroupsFile) ? Groups(folder, sink) : ByPattern(folder);
        foreach (var file in folder.Files.Where(f => f.StartsWith("MT_", StringComparison.Ordinal) && HasExtension(f, ".jpg")))
        {
            var type = DatasetPath.Parts(file)[0];
            var stem = DatasetPath.Stem(file);
            var mask = folder.Find($"{DatasetPath.Folder(file)}/{stem}.png");
            if (mask is null)
            {
                sink.Report(file, $"It has no mask: expected {stem}.png beside it.");
                continue;
            }

            sink.Add(new DatasetSample
            {
                Id = file,
                ImagePath = folder.Absolute(file),
                IsAnomalous = type != Free,
                Classes = type == Free ? [] : [type["MT_".Length..]],
                Mask = new MaskFile(folder.Absolute(mask), MaskEncoding.AboveHalf),
                Category = "magnetic tile",
                Material = "ferrite",
                Group = groups.TryGetValue(stem, out var group) ? $"magnetic-tile:{group}" : $"magnetic-tile:{stem}",
            });
        }

        foreach (var mask in folder.Files.Where(f => f.StartsWith("MT_", StringComparison.Ordinal) && HasExtension(f, ".png")))
        {
            if (folder.Find($"{DatasetPath.Folder(mask)}/{DatasetPath.Stem(mask)}.jpg") is null)
            {
                sink.Report(mask, "It is a mask without an image.");
            }
        }
    }

    private static bool HasExtension(string file, string extension) => DatasetPath.Extension(file).Equals(extension, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> ByPattern(DatasetFolder folder)
    {
        var pictures = folder.Files.Where(f => f.StartsWith("MT_", StringComparison.Ordinal) && HasExtension(f, ".jpg")).ToList();
        var firsts = PatternGroups.Of([.. pictures.Select(folder.Absolute)]);
        Dictionary<string, string> groups = new(StringComparer.Ordinal);
        for (var i = 0; i < pictures.Count; i++)
        {
            groups[DatasetPath.Stem(pictures[i])] = DatasetPath.Stem(pictures[firsts[i]]);
        }

        return groups;
    }

    private static Dictionary<string, string> Groups(DatasetFolder folder, SampleSink sink)
    {
        Dictionary<string, string> groups = new(StringComparer.Ordinal);
        sink.Try(GroupsFile, () =>
        {
            foreach (var line in folder.ReadText(GroupsFile).Split('\n').Skip(1).Where(l => l.Trim().Length > 0))
            {
                var fields = line.Trim().Split(',');
                if (fields.Length != 3)
                {
                    throw new AnnotationException($"'{line.Trim()}' is not 'stem,class,group'.");
                }

                groups[fields[0]] = fields[2];
            }
        });
        return groups;
    }
}
