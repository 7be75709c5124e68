using System.Buffers.Binary;

namespace IMDD.Safetensors;

/// <summary>
/// The checked header of a safetensors file (format: github.com/huggingface/safetensors): eight bytes of length (little-endian), a JSON object
/// <c>{"name": {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}, "__metadata__": {…}}</c>, then the data, which the tensors
/// cover without holes or overlaps. A header that passed can be trusted: every range is inside the file and fits its shape and type.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>Bytes of the length word.</summary>
    public const int LengthBytes = sizeof(ulong);

    /// <summary>Longest header that is read: the reference reader's limit.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private readonly Dictionary<string, SafetensorsEntry> _byName;

    private SafetensorsHeader(List<SafetensorsEntry> entries, Dictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Texts about the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the data starts in the file.</summary>
    public long DataStart { get; }

    /// <summary>A tensor by name; null where the file has none.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>How long the JSON is, from the length word at the start of a file.</summary>
    /// <param name="start">The file's first eight bytes, or all of it if it is shorter.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <param name="maxHeaderBytes">The longest header that is wanted.</param>
    /// <exception cref="SafetensorsException">Longer than the file or the limit.</exception>
    public static int JsonLength(ReadOnlySpan<byte> start, long fileLength, int maxHeaderBytes = MaxHeaderBytes)
    {
        if (fileLength < LengthBytes || start.Length < LengthBytes)
        {
            throw new SafetensorsException(SafetensorsFault.Length, null, $"Expected at least {LengthBytes} bytes, got {fileLength}.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > (ulong)maxHeaderBytes || length > (ulong)(fileLength - LengthBytes))
        {
            throw PickleReason(start) is { } pickle
                ? new SafetensorsException(SafetensorsFault.Pickle, null, pickle)
                : new SafetensorsException(
                    SafetensorsFault.Length, null, $"Header says {length} bytes; expected at most {Math.Min(maxHeaderBytes, fileLength - LengthBytes)}.");
        }

        return (int)length;
    }

    /// <summary>Reads and checks the JSON of a header.</summary>
    /// <param name="json">The JSON, without the length word.</param>
    /// <param name="dataLength">Bytes of the file after the header.</param>
    /// <exception cref="SafetensorsException">Anything that the format does not allow.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        var (entries, metadata) = HeaderJson.Read(json, dataLength);
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long position = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != position)
            {
                throw new SafetensorsException(
                    SafetensorsFault.Layout, entry.Name, $"begins at {entry.Begin}; expected {position}, without holes or overlaps.");
            }

            position = entry.End;
        }

        return position == dataLength
            ? new SafetensorsHeader(entries, metadata, LengthBytes + json.Length)
            : throw new SafetensorsException(SafetensorsFault.Layout, null, $"Tensor data ends at {position}; the file has {dataLength} bytes of it.");
    }

    // Only asked where the length word makes no sense: a pickle's first bytes can also be a small length.
    private static string? PickleReason(ReadOnlySpan<byte> start)
    {
        const string Why = "Reading one runs the program inside it, so it is refused; convert it to safetensors where its author is trusted.";
        return start switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] => $"This is a zip archive, as PyTorch writes checkpoints: a pickle. {Why}",
            [0x80, >= 1 and <= 5, ..] => $"This is a Python pickle. {Why}",
            _ => null,
        };
    }
}
