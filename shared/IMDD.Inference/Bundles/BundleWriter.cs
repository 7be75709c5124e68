using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Imaging;

namespace IMDD.Inference.Bundles;

/// <summary>Collects the files of a bundle and writes them, the manifest last. The same files and manifest are the same bytes on every machine.</summary>
public sealed class BundleWriter
{
    private const string Binary = "application/octet-stream";
    private const string Png = "image/png";

    private readonly SortedDictionary<string, (byte[] Bytes, string MediaType)> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (string Source, string MediaType)> _moved = new(StringComparer.Ordinal);
    private readonly List<BundleProbe> _probes = [];
    private int? _rows;

    /// <summary>Adds a file.</summary>
    /// <param name="path">Below the bundle, forward slashes.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="mediaType">What it is.</param>
    /// <exception cref="ArgumentException">There is one of that path.</exception>
    public void Add(string path, byte[] bytes, string mediaType = Binary) => _files.Add(path, (bytes, mediaType));

    /// <summary>Adds <see cref="ModelBundle.ModelFile"/>.</summary>
    public void AddModel(byte[] graph) => Add(ModelBundle.ModelFile, graph, "application/onnx");

    /// <summary>
    /// Adds <see cref="ModelBundle.ModelFile"/> and the files that its large weights are in, which are too large for memory: they are moved into the bundle
    /// when it is written.
    /// </summary>
    /// <param name="files">The model first; on the file system of the bundle's folder, called there as they are to be in the bundle.</param>
    /// <exception cref="ArgumentException">The first is not called <see cref="ModelBundle.ModelFile"/>, or another not after it.</exception>
    public void MoveModel(IReadOnlyList<string> files)
    {
        foreach (var (index, source) in files.Index())
        {
            var name = Path.GetFileName(source);
            if (index == 0 ? name != ModelBundle.ModelFile : !ModelBundle.IsModelData(name))
            {
                throw new ArgumentException($"'{name}'; expected {ModelBundle.ModelFile} first, and then files of its data.", nameof(files));
            }

            _moved.Add(name, (source, index == 0 ? "application/onnx" : Binary));
        }
    }

    /// <summary>Adds <see cref="ModelBundle.TextFile"/>.</summary>
    /// <param name="rows">Rows, <c>[K, D]</c> values row by row.</param>
    /// <param name="count">K.</param>
    public void AddText(ReadOnlyMemory<float> rows, int count)
    {
        Add(ModelBundle.TextFile, SafetensorsFile.Write([new Float32Tensor(SegmenterContract.Text, [count, rows.Length / count], rows)]));
        _rows = count;
    }

    /// <summary>Adds a picture with what the model makes of it.</summary>
    /// <param name="name">Its own, within the bundle.</param>
    /// <param name="image">The picture.</param>
    /// <param name="reference">What the model compares it with; null where it takes none.</param>
    /// <param name="outputs">What it makes of it.</param>
    /// <exception cref="InvalidOperationException">The rows of text are not there yet.</exception>
    public void AddProbe(string name, RgbImage image, RgbImage? reference, ProbeOutputs outputs)
    {
        var rows = _rows ?? throw new InvalidOperationException("A probe is of a model with its rows of text: they come first.");
        BundleProbe probe = new(
            $"probes/{name}.png", $"probes/{name}.safetensors", reference is null ? null : $"probes/{name}.reference.png", outputs.SureClass is null ? null : rows);
        _probes.Add(probe);
        Add(probe.Image, ImageEncoder.EncodePng(image), Png);
        if (reference is not null)
        {
            Add(probe.Reference!, ImageEncoder.EncodePng(reference), Png);
        }

        int[] plane = [outputs.Height, outputs.Defect.Length / outputs.Height];
        List<Float32Tensor> tensors =
        [
            new(SegmenterContract.Defect, plane, outputs.Defect),
            new(SegmenterContract.ImageScore, [outputs.ImageScore.Length], outputs.ImageScore),
            new(SegmenterContract.Embedding, [outputs.Embedding.Length], outputs.Embedding),
        ];
        if (outputs.SureClass is { } classes)
        {
            tensors.Add(new Float32Tensor(ProbeCheck.SureClass, plane, classes));
        }

        Add(probe.Outputs, SafetensorsFile.Write(tensors));
    }

    /// <summary>
    /// Writes all of it. Probes of an older bundle in the folder are removed, since they would not be listed, and so is its envelope, which signs another manifest.
    /// </summary>
    /// <param name="folder">The bundle's; is made where it is absent.</param>
    /// <param name="describe">The manifest of these files.</param>
    /// <returns>Digest of the manifest.</returns>
    public string Write(string folder, Func<BundleContents, BundleManifest> describe)
    {
        if (_probes.Count > 0)
        {
            _files[BundleProbeIndex.Path] = (ImddJson.Serialize(new BundleProbeIndex(_probes)), "application/json");
        }

        List<BundleFile> listed =
        [
            .. _files.Select(file => new BundleFile(file.Key, ContentDigest.Of(file.Value.Bytes)[ContentDigest.Prefix.Length..], file.Value.Bytes.Length, file.Value.MediaType)),
            .. _moved.Select(file => Describe(file.Key, file.Value.Source, file.Value.MediaType)),
        ];
        var manifest = ImddJson.Serialize(describe(new BundleContents(
            [.. listed.OrderBy(file => file.Path, StringComparer.Ordinal)],
            _files.TryGetValue(BundleProbeIndex.Path, out var index) ? ContentDigest.Of(index.Bytes) : null)));
        var probes = Path.Combine(folder, Path.GetDirectoryName(BundleProbeIndex.Path)!);
        if (Directory.Exists(probes))
        {
            Directory.Delete(probes, recursive: true);
        }

        foreach (var (path, file) in _files)
        {
            WriteWhole(Path.Combine(folder, path), file.Bytes);
        }

        Directory.CreateDirectory(folder);
        foreach (var (path, file) in _moved)
        {
            File.Move(file.Source, Path.Combine(folder, path), overwrite: true);
        }

        File.Delete(Path.Combine(folder, ModelBundle.EnvelopeFile));
        WriteWhole(Path.Combine(folder, ModelBundle.ManifestFile), manifest);
        return ContentDigest.Of(manifest);
    }

    private static BundleFile Describe(string path, string source, string mediaType)
    {
        using var stream = File.OpenRead(source);
        return new BundleFile(path, Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length, mediaType);
    }

    /// <summary>A file that is there whole or not at all.</summary>
    private static void WriteWhole(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".partial";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }
}
