using System.Buffers.Binary;
using System.Text.Json;

namespace IMDD.Testing;

/// <summary>Reads reference tensors (safetensors) in tests.</summary>
public sealed class SafetensorsFile
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _dataStart;

    public SafetensorsFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _header = JsonDocument.Parse(_bytes.AsMemory(8, headerLength)).RootElement;
        _dataStart = 8 + headerLength;
    }

    /// <summary>A text of the file's metadata.</summary>
    public string Metadata(string name) => _header.GetProperty("__metadata__").GetProperty(name).GetString()!;

    /// <summary>The shape of a tensor.</summary>
    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];

    /// <summary>A tensor's elements, converted to double.</summary>
    public double[] Doubles(string name)
    {
        var data = Data(name, out var type);
        return type switch
        {
            "F64" => Map(data, 8, BinaryPrimitives.ReadDoubleLittleEndian),
            "F32" => Map(data, 4, s => (double)BinaryPrimitives.ReadSingleLittleEndian(s)),
            "I64" => Map(data, 8, s => (double)BinaryPrimitives.ReadInt64LittleEndian(s)),
            "BOOL" => Map(data, 1, s => (double)s[0]),
            _ => throw new NotSupportedException($"Tensor '{name}' has type {type}."),
        };
    }

    private ReadOnlySpan<byte> Data(string name, out string type)
    {
        var tensor = _header.GetProperty(name);
        type = tensor.GetProperty("dtype").GetString()!;
        var offsets = tensor.GetProperty("data_offsets");
        var start = offsets[0].GetInt32();
        return _bytes.AsSpan(_dataStart + start, offsets[1].GetInt32() - start);
    }

    private static double[] Map(ReadOnlySpan<byte> data, int size, ReadElement read)
    {
        var values = new double[data.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read(data.Slice(i * size, size));
        }

        return values;
    }

    private delegate double ReadElement(ReadOnlySpan<byte> bytes);
}
