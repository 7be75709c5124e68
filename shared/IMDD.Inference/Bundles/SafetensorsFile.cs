using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IMDD.Inference.Bundles;

/// <summary>
/// Reads and writes safetensors files of 32-bit floats: eight bytes of header length (little-endian), a JSON header
/// <c>{"name": {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}}</c>, then the data without holes.
/// </summary>
public static class SafetensorsFile
{
    /// <summary>Longest header that is read.</summary>
    public const int MaxHeaderBytes = 1 << 20;

    private const int LengthBytes = sizeof(ulong);
    private const int Alignment = 8;
    private const int MaxDimensions = 8;
    private const int MaxDepth = 4;
    private const string Metadata = "__metadata__";

    /// <summary>The tensors of a file by name.</summary>
    /// <exception cref="SafetensorsException">Malformed, or of another data type.</exception>
    public static IReadOnlyDictionary<string, Float32Tensor> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < LengthBytes)
        {
            throw new SafetensorsException($"Expected at least {LengthBytes} bytes, got {file.Length}.");
        }

        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (headerLength > MaxHeaderBytes || headerLength > (ulong)(file.Length - LengthBytes))
        {
            throw new SafetensorsException(
                $"Header says {headerLength} bytes; expected at most {Math.Min(MaxHeaderBytes, file.Length - LengthBytes)}.");
        }

        var data = file[(LengthBytes + (int)headerLength)..];
        Dictionary<string, Float32Tensor> tensors = new(StringComparer.Ordinal);
        List<(long Begin, long End)> ranges = [];
        using (var header = ParseHeader(file.Slice(LengthBytes, (int)headerLength)))
        {
            foreach (var property in header.RootElement.EnumerateObject())
            {
                if (property.NameEquals(Metadata))
                {
                    continue;
                }

                var tensor = ReadTensor(property.Name, property.Value, data, ranges);
                if (!tensors.TryAdd(property.Name, tensor))
                {
                    throw new SafetensorsException($"Tensor '{property.Name}' is there twice.");
                }
            }
        }

        CheckContiguous(ranges, data.Length);
        return tensors;
    }

    /// <summary>A file of these tensors; the same tensors give the same bytes.</summary>
    public static byte[] Write(IReadOnlyList<Float32Tensor> tensors)
    {
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            long offset = 0;
            json.WriteStartObject();
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += (long)tensor.Values.Length * sizeof(float);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of eight, so that the data is aligned for those who map the file.
        while (header.Length % Alignment != 0)
        {
            header.WriteByte((byte)' ');
        }

        using MemoryStream file = new();
        Span<byte> word = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)header.Length);
        file.Write(word);
        header.WriteTo(file);
        foreach (var value in tensors.SelectMany(tensor => MemoryMarshal.ToEnumerable(tensor.Values)))
        {
            BinaryPrimitives.WriteSingleLittleEndian(word, value);
            file.Write(word[..sizeof(float)]);
        }

        return file.ToArray();
    }

    private static JsonDocument ParseHeader(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonDocument.Parse(Encoding.UTF8.GetString(json), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new SafetensorsException("Header is not a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new SafetensorsException($"Header is not JSON: {exception.Message}", exception);
        }
    }

    private static Float32Tensor ReadTensor(string name, JsonElement entry, ReadOnlySpan<byte> data, List<(long Begin, long End)> ranges)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var type)
            || !entry.TryGetProperty("shape", out var shape)
            || !entry.TryGetProperty("data_offsets", out var offsets))
        {
            throw new SafetensorsException($"Tensor '{name}' needs dtype, shape and data_offsets.");
        }

        if (type.ValueKind != JsonValueKind.String || !type.ValueEquals("F32"u8))
        {
            throw new SafetensorsException($"Tensor '{name}' has dtype {type.GetRawText()}; expected \"F32\".");
        }

        var dimensions = ReadNumbers(name, "shape", shape, MaxDimensions);
        var range = ReadNumbers(name, "data_offsets", offsets, 2);
        long elements = 1;
        foreach (var dimension in dimensions)
        {
            // Bounded at every step, so that the product cannot overflow.
            elements *= dimension;
            if (elements > data.Length)
            {
                throw new SafetensorsException($"Tensor '{name}' has shape [{string.Join(", ", dimensions)}], more than the file holds.");
            }
        }

        if (range.Count != 2 || range[0] > range[1] || range[1] > data.Length || range[1] - range[0] != elements * sizeof(float))
        {
            throw new SafetensorsException(
                $"Tensor '{name}' has data_offsets [{string.Join(", ", range)}]; expected {elements * sizeof(float)} bytes within {data.Length}.");
        }

        ranges.Add((range[0], range[1]));
        var values = new float[elements];
        var bytes = data.Slice((int)range[0], (int)elements * sizeof(float));
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(index * sizeof(float))..]);
        }

        return new Float32Tensor(name, [.. dimensions.Select(dimension => (int)dimension)], values);
    }

    private static List<long> ReadNumbers(string name, string field, JsonElement array, int max)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > max)
        {
            throw new SafetensorsException($"Tensor '{name}' has {field} {array.ValueKind}; expected an array of at most {max} numbers.");
        }

        List<long> numbers = [];
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number) || number is < 0 or > int.MaxValue)
            {
                throw new SafetensorsException($"Tensor '{name}' has {element.GetRawText()} in {field}; expected 0 to {int.MaxValue}.");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static void CheckContiguous(List<(long Begin, long End)> ranges, long length)
    {
        ranges.Sort();
        long position = 0;
        foreach (var (begin, end) in ranges)
        {
            if (begin != position)
            {
                throw new SafetensorsException($"Tensor data begins at {begin}; expected {position}, without holes or overlaps.");
            }

            position = end;
        }

        if (position != length)
        {
            throw new SafetensorsException($"Tensor data ends at {position}; the file has {length} bytes of it.");
        }
    }
}
