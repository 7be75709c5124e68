using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Learning.Datasets.Annotations;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Readers;

/// <summary>
/// A frozen set of frames that people agreed on: <c>labels.json</c> with <c>version</c> 1 and <c>frames</c>, each a <c>file</c>, its
/// <c>sha256</c> in hex, <c>verdict</c> pass or fail, <c>camera</c>, <c>asset_path</c>, <c>raters</c>, <c>weight</c> (above 0, at most 1, which it is where it is not there) and <c>regions</c>; a region has a <c>class</c>, a
/// <c>bbox</c> [x, y, width, height], and a <c>polygon</c> [x0, y0, …] or an <c>rle</c> (COCO's <c>size</c> and compressed <c>counts</c>), all in
/// pixels. A picture with other bytes than its hash says is reported and not used.
/// </summary>
public sealed class LabelledReader : IDatasetReader
{
    /// <summary>Name of the file with the labels.</summary>
    public const string LabelsFile = "labels.json";

    private const int Version = 1;

    /// <inheritdoc/>
    public string Key => "labelled";

    /// <inheritdoc/>
    public bool Detects(DatasetFolder folder) => folder.Has(LabelsFile);

    /// <inheritdoc/>
    public void Read(DatasetFolder folder, SampleSink sink) => sink.Try(LabelsFile, () =>
    {
        if (!folder.Has(LabelsFile))
        {
            throw new AnnotationException("It is not there.");
        }

        _ = BoundedJson.Read(folder.ReadBytes(LabelsFile), root => ReadFrames(folder, sink, root));
    });

    /// <returns>The number of frames listed.</returns>
    private static int ReadFrames(DatasetFolder folder, SampleSink sink, JsonElement root)
    {
        if (BoundedJson.Integer(root, "version", "It") is var version and not Version)
        {
            throw new AnnotationException($"Its version is {version}: expected {Version}.");
        }

        var frames = BoundedJson.Array(root, "frames", "It");
        foreach (var (frame, number) in frames.EnumerateArray().Select((frame, number) => (frame, number)))
        {
            sink.Try($"{LabelsFile}#{number}", () => sink.Add(Sample(folder, LabelledFrame.Parse(frame))));
        }

        return frames.GetArrayLength();
    }

    private static DatasetSample Sample(DatasetFolder folder, LabelledFrame frame)
    {
        var file = folder.Resolve("", frame.File) ?? throw new AnnotationException($"Its picture '{frame.File}' is not there.");
        if (ContentDigest.Of(folder.ReadBytes(file)) is var digest && digest != frame.Digest)
        {
            throw new AnnotationException($"Its picture '{file}' has the digest {digest}: expected {frame.Digest}.");
        }

        return new DatasetSample
        {
            Id = file,
            ImagePath = folder.Absolute(file),
            IsAnomalous = frame.Boxes.Count > 0,
            Classes = [.. frame.Boxes.Select(b => b.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Boxes = frame.Boxes,
            Polygons = frame.Polygons,
            Category = frame.AssetPath,
            Weight = frame.Weight,
            Group = $"labelled:{frame.Camera}:{frame.Digest}",
        };
    }
}
