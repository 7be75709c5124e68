using System.Text.Json;
using IMDD.Safetensors;

namespace IMDD.Learning.Weights.Files;

/// <summary>The tensors of one file, or of the parts that a large checkpoint is cut into, mapped into memory.</summary>
public sealed class WeightFiles : IDisposable
{
    private const string IndexSuffix = ".safetensors.index.json";
    private const int MaxIndexBytes = 64 << 20;
    private const int MaxParts = 1_000;

    private static readonly string[] PickleExtensions = [".bin", ".ckpt", ".pt", ".pth", ".pkl"];

    private readonly List<SafetensorsReader> _readers;

    private WeightFiles(string origin, List<SafetensorsReader> readers)
    {
        Origin = origin;
        _readers = readers;
        Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
        foreach (var reader in readers)
        {
            foreach (var entry in reader.Header.Entries)
            {
                if (!tensors.TryAdd(entry.Name, new StoredTensor(reader, entry)))
                {
                    throw new WeightsException($"{origin}: tensor '{entry.Name}' is in more than one part.");
                }
            }
        }

        Tensors = tensors;
    }

    /// <summary>The file or folder, for messages.</summary>
    public string Origin { get; }

    /// <summary>The files, in the order of the parts.</summary>
    public IReadOnlyList<string> Paths => [.. _readers.Select(reader => reader.Path)];

    /// <summary>Tensors by the names they have in the files.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Texts about the first file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _readers[0].Header.Metadata;

    /// <summary>Opens one file.</summary>
    /// <exception cref="WeightsException">It is not there, or a pickle by its name.</exception>
    /// <exception cref="SafetensorsException">Malformed, or a pickle by its content.</exception>
    public static WeightFiles OpenFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new WeightsException($"{path}: no such file.");
        }

        // By content first, where the content gives it away: a checkpoint is what it is, whatever it is called.
        return new WeightFiles(path, [SafetensorsReader.Open(path)]);
    }

    /// <summary>
    /// Opens the weights of a model folder as diffusers and transformers write them: <c>{stem}.safetensors</c>, the parts that
    /// <c>{stem}.safetensors.index.json</c> lists, or <c>{stem}.fp16.safetensors</c>, in this order.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="stem"><c>diffusion_pytorch_model</c> or <c>model</c>.</param>
    /// <exception cref="WeightsException">None of them is there; where there is a pickle, it says why that is not read.</exception>
    /// <exception cref="SafetensorsException">Malformed.</exception>
    public static WeightFiles OpenFolder(string folder, string stem)
    {
        if (!Directory.Exists(folder))
        {
            throw new WeightsException($"{folder}: no such folder.");
        }

        var whole = Path.Combine(folder, stem + ".safetensors");
        var index = Path.Combine(folder, stem + IndexSuffix);
        var half = Path.Combine(folder, stem + ".fp16.safetensors");
        if (File.Exists(whole))
        {
            return OpenFile(whole);
        }

        if (File.Exists(index))
        {
            return OpenParts(folder, index);
        }

        if (File.Exists(half))
        {
            return OpenFile(half);
        }

        var pickle = Directory.EnumerateFiles(folder).Select(Path.GetFileName)
            .FirstOrDefault(name => PickleExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));
        throw new WeightsException(pickle is null
            ? $"{folder}: no {stem}.safetensors."
            : $"{folder}: no {stem}.safetensors. {pickle} is a pickle: reading one runs the program inside it, so it is refused; convert it to safetensors where its author is trusted.");
    }

    /// <inheritdoc/>
    public void Dispose() => _readers.ForEach(reader => reader.Dispose());

    private static WeightFiles OpenParts(string folder, string index)
    {
        List<SafetensorsReader> readers = [];
        try
        {
            foreach (var part in ReadIndex(index))
            {
                readers.Add(SafetensorsReader.Open(Path.Combine(folder, part)));
            }

            return new WeightFiles(index, readers);
        }
        catch (Exception exception)
        {
            readers.ForEach(reader => reader.Dispose());
            if (exception is FileNotFoundException missing)
            {
                throw new WeightsException($"{index}: part {Path.GetFileName(missing.FileName)} is not there.", exception);
            }

            throw;
        }
    }

    private static List<string> ReadIndex(string index)
    {
        if (new FileInfo(index).Length > MaxIndexBytes)
        {
            throw new WeightsException($"{index}: larger than {MaxIndexBytes} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object
                || map.EnumerateObject().Any(pair => pair.Value.ValueKind != JsonValueKind.String))
            {
                throw new WeightsException($"{index}: expected 'weight_map', an object of file names.");
            }

            List<string> parts = [.. map.EnumerateObject().Select(pair => pair.Value.GetString()!).Distinct(StringComparer.Ordinal)];
            var outside = parts.Find(part => Path.GetFileName(part) != part || part.Length == 0 || part is "." or "..");
            return outside is not null
                ? throw new WeightsException($"{index}: part '{outside}' is not a file name in the folder.")
                : parts.Count is > 0 and <= MaxParts ? parts : throw new WeightsException($"{index}: {parts.Count} parts; expected 1 to {MaxParts}.");
        }
        catch (JsonException exception)
        {
            throw new WeightsException($"{index}: not JSON: {exception.Message}", exception);
        }
    }
}
