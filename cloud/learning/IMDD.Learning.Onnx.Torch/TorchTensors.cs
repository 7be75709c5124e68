using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>Tensors of TorchSharp as tensors of ONNX, and back.</summary>
public static class TorchTensors
{
    /// <summary>A copy in main memory. Doubles and bfloat16 become 32-bit floats.</summary>
    /// <exception cref="OnnxGraphException">There is no element type for it, such as for complex numbers.</exception>
    public static OnnxTensor ToOnnx(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var type = tensor.dtype switch
        {
            ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 => OnnxElementType.Float,
            ScalarType.Float16 => OnnxElementType.Float16,
            ScalarType.Byte => OnnxElementType.UInt8,
            ScalarType.Int8 => OnnxElementType.Int8,
            ScalarType.Int32 => OnnxElementType.Int32,
            ScalarType.Int64 => OnnxElementType.Int64,
            ScalarType.Bool => OnnxElementType.Bool,
            _ => throw new OnnxGraphException($"A tensor of {tensor.dtype} has no counterpart."),
        };
        var plain = tensor.detach().cpu();
        plain = (type == OnnxElementType.Float ? plain.to(ScalarType.Float32) : plain).contiguous();
        return OnnxTensor.FromBytes(type, tensor.shape, plain.bytes.ToArray());
    }

    /// <summary>A tensor of its own in main memory; the caller disposes it.</summary>
    public static Tensor ToTorch(this OnnxTensor tensor)
    {
        var type = tensor.Type switch
        {
            OnnxElementType.Float => ScalarType.Float32,
            OnnxElementType.Float16 => ScalarType.Float16,
            OnnxElementType.UInt8 => ScalarType.Byte,
            OnnxElementType.Int8 => ScalarType.Int8,
            OnnxElementType.Int32 => ScalarType.Int32,
            OnnxElementType.Int64 => ScalarType.Int64,
            _ => ScalarType.Bool,
        };
        var filled = torch.empty([.. tensor.Dimensions], dtype: type);
        tensor.Bytes.Span.CopyTo(filled.bytes);
        return filled;
    }
}
