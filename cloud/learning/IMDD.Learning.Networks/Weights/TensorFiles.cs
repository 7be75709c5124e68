using IMDD.Learning.Weights;
using IMDD.Learning.Weights.Files;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Weights;

/// <summary>Tensors from and to safetensors files.</summary>
public static class TensorFiles
{
    // Spans count in 32 bits; a larger tensor is copied in pieces.
    private const long PieceBytes = 1 << 28;

    private static readonly (SafetensorsType Stored, ScalarType Type)[] Types =
    [
        (SafetensorsType.Bool, ScalarType.Bool), (SafetensorsType.U8, ScalarType.Byte), (SafetensorsType.I8, ScalarType.Int8),
        (SafetensorsType.I16, ScalarType.Int16), (SafetensorsType.I32, ScalarType.Int32), (SafetensorsType.I64, ScalarType.Int64),
        (SafetensorsType.F16, ScalarType.Float16), (SafetensorsType.BF16, ScalarType.BFloat16),
        (SafetensorsType.F32, ScalarType.Float32), (SafetensorsType.F64, ScalarType.Float64),
    ];

    /// <summary>Libtorch's element type of a file's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has none.</exception>
    public static ScalarType TypeOf(SafetensorsType type)
    {
        var index = Array.FindIndex(Types, pair => pair.Stored == type);
        return index >= 0 ? Types[index].Type : throw new ArgumentOutOfRangeException(nameof(type), type, "Libtorch has no such element type.");
    }

    /// <summary>A stored tensor, on the CPU, with the shape and element type it has in the file.</summary>
    /// <exception cref="WeightsException">libtorch has no such element type.</exception>
    public static Tensor Read(StoredTensor stored)
    {
        var entry = stored.Entry;
        var index = Array.FindIndex(Types, pair => pair.Stored == entry.Type);
        if (index < 0)
        {
            throw new WeightsException($"{stored.Reader.Path}: tensor '{entry.Name}' has dtype {entry.Type.Name()}, which is not read here.");
        }

        var tensor = empty([.. entry.Shape], Types[index].Type);
        using var flat = tensor.view(-1);
        var piece = PieceBytes / entry.Type.Bytes();
        for (long start = 0; start < entry.Elements; start += piece)
        {
            using var part = flat.narrow(0, start, Math.Min(piece, entry.Elements - start));
            // Not through the mapping, whose pages would all stay in this process's memory.
            stored.Reader.Copy(entry, start * entry.Type.Bytes(), part.bytes);
        }

        return tensor;
    }

    /// <summary>A tensor to be written; it must stay alive until it is.</summary>
    /// <exception cref="WeightsException">The format has no such element type.</exception>
    public static SafetensorsTensor ToStored(string name, Tensor tensor)
    {
        var index = Array.FindIndex(Types, pair => pair.Type == tensor.dtype);
        return index < 0
            ? throw new WeightsException($"Tensor '{name}' is {tensor.dtype}, which safetensors files do not have.")
            : new SafetensorsTensor(name, Types[index].Stored, tensor.shape, stream => Write(tensor, stream));
    }

    private static void Write(Tensor tensor, Stream stream)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        var piece = PieceBytes / flat.ElementSize;
        for (long start = 0; start < flat.NumberOfElements; start += piece)
        {
            using var part = flat.narrow(0, start, Math.Min(piece, flat.NumberOfElements - start));
            stream.Write(part.bytes);
        }
    }
}
