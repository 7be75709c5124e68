using System.Globalization;
using System.Security.Cryptography;
using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Weights;

/// <summary>
/// Makes a whole model's checkpoint of public ones. Parts that none of those has are drawn as a new network's are; "no object" starts at what CLIP makes of
/// the empty text. Tensors go from file to file, so that memory holds the drawn parts and, for a moment, CLIP.
/// </summary>
public static class FoundationAssembly
{
    /// <summary>Writes the checkpoint, whole or not at all. The same sources, seed and type make the same bytes.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="parts">What is public of it.</param>
    /// <param name="seed">Of what is drawn.</param>
    /// <param name="path">The file.</param>
    /// <param name="type">Element type of all tensors: F32, F16 or BF16. Null: each keeps its own, and drawn ones have 32 bits.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops between two tensors; nothing is left then.</param>
    /// <exception cref="WeightsException">The file is one of the sources, or a number is too large for the element type.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static AssembledCheckpoint Write(
        FoundationConfiguration configuration,
        PublicParts parts,
        int seed,
        string path,
        SafetensorsType? type = null,
        Action<string>? progress = null,
        CancellationToken cancellation = default)
    {
        var files = parts.Sources.Values.SelectMany(sources => sources).Distinct(StringComparer.Ordinal).ToList();
        if (files.Exists(file => Path.GetFullPath(file) == Path.GetFullPath(path)))
        {
            throw new WeightsException($"{path}: is one of the files that it would be made of; expected another.");
        }

        SafetensorsWriter.RemoveAbandoned(path);
        var hashes = files.ToDictionary(file => file, file => Hash(file, progress, cancellation), StringComparer.Ordinal);
        var sources = parts.Sources.ToDictionary(
            part => part.Key, part => (IReadOnlyList<WeightSource>)[.. part.Value.Select(file => new WeightSource(Path.GetFileName(file), hashes[file]))], StringComparer.Ordinal);
        progress?.Invoke($"drawing {string.Join(", ", DrawnParts.Names)} from seed {seed}");
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using DrawnParts drawn = new(configuration, parts, seed);
        var layout = FoundationLayout.Of(configuration);
        List<SafetensorsTensor> tensors = [.. layout.Shapes.Select(pair => Cancellable(Tensor(pair.Key, pair.Value), cancellation))];
        progress?.Invoke($"writing {tensors.Count} tensors to {path}");
        SafetensorsWriter.Write(path, tensors, Metadata(configuration, seed, sources));
        return new AssembledCheckpoint(
            layout.Parameters,
            tensors.Count,
            tensors.CountBy(tensor => tensor.Type.Name(), StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            sources,
            DrawnParts.Names);

        SafetensorsTensor Tensor(string name, long[] shape) => parts.Tensors.TryGetValue(name, out var stored)
            ? FromFile(name, shape, stored, type)
            : TensorFiles.ToStored(name, type is { } wanted ? Convert(name, drawn[name], wanted) : drawn[name]);
    }

    private static SafetensorsTensor FromFile(string name, long[] shape, StoredTensor stored, SafetensorsType? type)
    {
        var kept = stored.Entry.Type;
        return type is null || type == kept
            ? new SafetensorsTensor(name, kept, shape, stream => stored.Reader.CopyTo(stored.Entry, stream))
            : new SafetensorsTensor(name, type.Value, shape, stream =>
            {
                using var scope = NewDisposeScope();
                TensorFiles.ToStored(name, Convert(name, TensorFiles.Read(stored), type.Value)).Write(stream);
            });
    }

    private static Tensor Convert(string name, Tensor tensor, SafetensorsType type)
    {
        var converted = tensor.to(TensorFiles.TypeOf(type));
        using var finite = converted.isfinite();
        using var all = finite.all();
        using var before = tensor.isfinite();
        using var allBefore = before.all();
        return all.item<bool>() || !allBefore.item<bool>()
            ? converted
            : throw new WeightsException($"Tensor '{name}' has a number that is too large for {type.Name()}.");
    }

    private static SafetensorsTensor Cancellable(SafetensorsTensor tensor, CancellationToken cancellation) => tensor with
    {
        Write = stream =>
        {
            cancellation.ThrowIfCancellationRequested();
            tensor.Write(stream);
        },
    };

    private static Dictionary<string, string> Metadata(FoundationConfiguration configuration, int seed, Dictionary<string, IReadOnlyList<WeightSource>> sources)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["configuration"] = configuration.Name,
            [StoredConfiguration.Key] = configuration.ToJson(),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["drawn"] = string.Join(", ", DrawnParts.Names),
        };
        foreach (var (part, files) in sources)
        {
            metadata[$"source.{part}"] = string.Join(", ", files.Select(file => $"{file.File} sha256:{file.Sha256}"));
        }

        return metadata;
    }

    private static string Hash(string file, Action<string>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Invoke($"hashing {file}");
        using var stream = File.OpenRead(file);
        return System.Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
