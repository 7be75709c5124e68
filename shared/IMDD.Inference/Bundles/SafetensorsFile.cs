using System.Buffers.Binary;
using System.Runtime.InteropServices;
using IMDD.Safetensors;

namespace IMDD.Inference.Bundles;

/// <summary>The small safetensors files of a bundle, floats of 32 or 16 bits, from and to memory.</summary>
public static class SafetensorsFile
{
    /// <summary>Longest header that is read.</summary>
    public const int MaxHeaderBytes = 1 << 20;

    /// <summary>The tensors of a file by name.</summary>
    /// <exception cref="SafetensorsException">Malformed, or of another data type.</exception>
    public static IReadOnlyDictionary<string, Float32Tensor> Read(ReadOnlySpan<byte> file)
    {
        var jsonLength = SafetensorsHeader.JsonLength(file, file.Length, MaxHeaderBytes);
        var data = file[(SafetensorsHeader.LengthBytes + jsonLength)..];
        var header = SafetensorsHeader.Parse(file.Slice(SafetensorsHeader.LengthBytes, jsonLength), data.Length);
        Dictionary<string, Float32Tensor> tensors = new(StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            tensors.Add(entry.Name, ReadTensor(entry, data));
        }

        return tensors;
    }

    /// <summary>A file of these tensors; the same tensors give the same bytes.</summary>
    /// <param name="tensors">In the order of their data.</param>
    /// <param name="half">True: 16 bits each, to the nearest; values that are such are kept as they are.</param>
    public static byte[] Write(IReadOnlyList<Float32Tensor> tensors, bool half = false)
    {
        using MemoryStream file = new();
        SafetensorsWriter.WriteTo(file, [.. tensors.Select(tensor => Entry(tensor, half))]);
        return file.ToArray();
    }

    private static SafetensorsTensor Entry(Float32Tensor tensor, bool half) => new(
        tensor.Name,
        half ? SafetensorsType.F16 : SafetensorsType.F32,
        [.. tensor.Shape.Select(dimension => (long)dimension)],
        stream => WriteValues(stream, tensor.Values, half));

    private static void WriteValues(Stream stream, ReadOnlyMemory<float> values, bool half)
    {
        Span<byte> word = stackalloc byte[sizeof(float)];
        foreach (var value in MemoryMarshal.ToEnumerable(values))
        {
            if (half)
            {
                BinaryPrimitives.WriteHalfLittleEndian(word, (Half)value);
                stream.Write(word[..sizeof(short)]);
                continue;
            }

            BinaryPrimitives.WriteSingleLittleEndian(word, value);
            stream.Write(word);
        }
    }

    private static Float32Tensor ReadTensor(SafetensorsEntry entry, ReadOnlySpan<byte> data)
    {
        if (entry.Type is not (SafetensorsType.F32 or SafetensorsType.F16))
        {
            throw new SafetensorsException(SafetensorsFault.Type, entry.Name, $"has dtype {entry.Type.Name()}; expected F32 or F16.");
        }

        if (entry.Shape.Any(dimension => dimension > int.MaxValue))
        {
            throw new SafetensorsException(SafetensorsFault.Shape, entry.Name, $"has shape [{string.Join(", ", entry.Shape)}]; expected at most {int.MaxValue}.");
        }

        var values = new float[entry.Elements];
        var bytes = data.Slice((int)entry.Begin, (int)entry.Length);
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = entry.Type == SafetensorsType.F16
                ? (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(index * sizeof(short))..])
                : BinaryPrimitives.ReadSingleLittleEndian(bytes[(index * sizeof(float))..]);
        }

        return new Float32Tensor(entry.Name, [.. entry.Shape.Select(dimension => (int)dimension)], values);
    }
}
