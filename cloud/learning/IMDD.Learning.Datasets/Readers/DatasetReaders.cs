using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Synthetic;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>Every layout that can be read, in the order in which they are tried on a folder without a key.</summary>
public static class DatasetReaders
{
    /// <summary>All readers.</summary>
    public static IReadOnlyList<IDatasetReader> All { get; } =
    [
        new LabelledReader(), new MvtecReader(), new MagneticTileReader(), new NeuDetReader(), new SdSaliencyReader(), new DeepPcbReader(), new KolektorReader(),
        new BsDataReader(), new ElpvReader(), new CrackForestReader(), new NeuSegReader(), new YoloReader("gear"), new YoloReader(),
        new VocReader("hripcb"), new VocReader(), new CocoReader(), new LabelmeReader(), new WaterCooledReader(), new FoldersReader(),
    ];

    private const string Synthetic = "synthetic";

    /// <summary>Reads <c>KEY:PATH</c>, a path whose layout is detected, or <c>synthetic:seed=N,count=M,…</c>.</summary>
    /// <exception cref="DatasetException">No such key or folder, no layout fits, nothing usable, or (strict) an unusable file.</exception>
    public static Dataset Read(string keyAndPath, bool strict = false)
    {
        var cut = keyAndPath.IndexOf(':', StringComparison.Ordinal);
        var key = cut > 0 ? keyAndPath[..cut] : null;
        if (key == Synthetic || keyAndPath == Synthetic)
        {
            var drawn = SyntheticDataset.Read(SyntheticSpec.Parse(cut > 0 ? keyAndPath[(cut + 1)..] : ""), SyntheticDataset.DefaultCacheFolder());
            return drawn with { Samples = [.. drawn.Samples.Select(s => s with { Source = Synthetic })] };
        }

        var reader = key is null ? null : All.FirstOrDefault(r => r.Key == key);
        if (key is not null && reader is null)
        {
            throw new DatasetException($"'{key}' is not a data set layout: expected one of {string.Join(", ", All.Select(r => r.Key))}, {Synthetic}.");
        }

        var folder = new DatasetFolder(reader is null ? keyAndPath : keyAndPath[(cut + 1)..]);
        reader ??= Detect(folder);
        SampleSink sink = new(strict);
        foreach (var link in folder.Links)
        {
            sink.Report(link, "It is a link and was not followed.");
        }

        reader.Read(folder, sink);
        return sink.Samples.Count > 0
            ? new Dataset(reader.Key, folder.Root, [.. sink.Samples.Select(s => s with { Source = reader.Key })], sink.Problems)
            : throw new DatasetException(
                $"'{folder.Root}' holds no picture that the layout '{reader.Key}' can use"
                + (sink.Problems.Count > 0 ? $"; the first of {sink.Problems.Count} problems: {sink.Problems[0].File}: {sink.Problems[0].Reason}" : "."));
    }

    /// <summary>The layout of a folder.</summary>
    /// <exception cref="DatasetException">None fits.</exception>
    public static IDatasetReader Detect(DatasetFolder folder)
        => All.FirstOrDefault(r => r.Detects(folder) && IsSpecific(r, folder))
        ?? throw new DatasetException($"'{folder.Root}' has no layout that is known: name one as KEY:PATH, {string.Join(", ", All.Select(r => r.Key))}.");

    /// <summary>The two named uses of a general format are told apart by what only they have.</summary>
    private static bool IsSpecific(IDatasetReader reader, DatasetFolder folder) => reader.Key switch
    {
        "gear" => folder.Files.Any(f => f.Contains(".rf.", StringComparison.Ordinal)),
        "hripcb" => folder.Files.Any(f => DatasetPath.Stem(f).Contains("missing_hole", StringComparison.OrdinalIgnoreCase)
            || DatasetPath.Stem(f).Contains("mouse_bite", StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };
}
