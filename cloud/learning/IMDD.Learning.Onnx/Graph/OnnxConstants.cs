using Google.Protobuf;
using IMDD.Learning.Onnx.Protos;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>Reads what a model file says of its constants, whoever wrote it.</summary>
public static class OnnxConstants
{
    private static readonly Dictionary<int, (string Name, int Bytes, bool IsFloat)> Types = new()
    {
        [1] = ("F32", 4, true),
        [2] = ("U8", 1, false),
        [3] = ("I8", 1, true),
        [6] = ("I32", 4, false),
        [7] = ("I64", 8, false),
        [9] = ("BOOL", 1, false),
        [10] = ("F16", 2, true),
        [11] = ("F64", 8, true),
        [16] = ("BF16", 2, true),
    };

    /// <summary>The constants of a file; those in a file of their own beside it count too.</summary>
    /// <exception cref="OnnxGraphException">Not a model, or an element type that is not known.</exception>
    public static IReadOnlyList<OnnxConstant> Read(string path)
    {
        ModelProto model;
        using (var stream = File.OpenRead(path))
        {
            try
            {
                model = ModelProto.Parser.ParseFrom(stream);
            }
            catch (InvalidProtocolBufferException exception)
            {
                throw new OnnxGraphException($"{path}: not an ONNX model: {exception.Message}", exception);
            }
        }

        return [.. (model.Graph?.Initializer ?? []).Select(tensor => Describe(path, tensor))];
    }

    private static OnnxConstant Describe(string path, TensorProto tensor)
    {
        if (!Types.TryGetValue(tensor.DataType, out var type) || tensor.Dims.Any(dimension => dimension < 0))
        {
            throw new OnnxGraphException($"{path}: constant '{tensor.Name}' has element type {tensor.DataType} and dimensions [{string.Join(", ", tensor.Dims)}], which are not known.");
        }

        var shape = tensor.Dims.ToArray();
        try
        {
            return new OnnxConstant(tensor.Name, type.Name, shape, shape.Aggregate((long)type.Bytes, (product, dimension) => checked(product * dimension)), type.IsFloat);
        }
        catch (OverflowException exception)
        {
            throw new OnnxGraphException($"{path}: constant '{tensor.Name}' has dimensions [{string.Join(", ", shape)}], whose product is out of range.", exception);
        }
    }
}
