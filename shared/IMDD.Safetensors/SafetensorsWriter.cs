using System.Buffers.Binary;
using System.Text.Json;

namespace IMDD.Safetensors;

/// <summary>Writes safetensors files: the same tensors in the same order give the same bytes.</summary>
public static class SafetensorsWriter
{
    // The reference writer aligns the data so; who maps the file may then read elements in place.
    private const int Alignment = 8;
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes a file whole or not at all: into a file beside it, flushed to the disk, then renamed over it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">In the order of their data.</param>
    /// <param name="metadata">Texts about the file.</param>
    /// <exception cref="ArgumentException">A name twice, or a tensor that wrote another number of bytes than its shape says.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                WriteTo(file, tensors, metadata);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Removes what writers of a file left beside it that were killed; what is being written is left alone.</summary>
    /// <param name="path">The file.</param>
    public static void RemoveAbandoned(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var left in Directory.EnumerateFiles(folder, $".{Path.GetFileName(path)}.????????.???"))
        {
            try
            {
                // A writer keeps its file to itself while it lives.
                using FileStream own = new(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody's.
            }
        }
    }

    /// <summary>Writes the bytes of a file.</summary>
    /// <exception cref="ArgumentException">As <see cref="Write"/>.</exception>
    public static void WriteTo(Stream stream, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(tensors, metadata ?? new Dictionary<string, string>());
        Span<byte> word = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)header.Length);
        stream.Write(word);
        stream.Write(header);
        foreach (var tensor in tensors)
        {
            var start = stream.Position;
            tensor.Write(stream);
            if (stream.Position - start != tensor.Length)
            {
                throw new ArgumentException($"Tensor '{tensor.Name}' wrote {stream.Position - start} bytes; its shape says {tensor.Length}.", nameof(tensors));
            }
        }
    }

    private static byte[] Header(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { HeaderJson.MetadataKey };
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(HeaderJson.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"Tensor '{tensor.Name}' is there twice, or has a reserved name.", nameof(tensors));
                }

                WriteEntry(json, tensor, offset);
                offset += tensor.Length;
            }

            json.WriteEndObject();
        }

        while (header.Length % Alignment != 0)
        {
            header.WriteByte((byte)' ');
        }

        return header.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsTensor tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.Name());
        json.WriteStartArray("shape");
        foreach (var dimension in tensor.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
