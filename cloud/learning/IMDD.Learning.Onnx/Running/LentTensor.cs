using System.Buffers;
using IMDD.Learning.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IMDD.Learning.Onnx.Running;

/// <summary>A tensor's bytes lent to the runtime, where they stand, until it is disposed.</summary>
internal sealed class LentTensor : IDisposable
{
    private MemoryHandle _memory;

    public unsafe LentTensor(OnnxTensor tensor)
    {
        _memory = tensor.Bytes.Pin();
        Value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            (TensorElementType)tensor.Type,
            [.. tensor.Dimensions],
            (IntPtr)_memory.Pointer,
            tensor.Bytes.Length);
    }

    public OrtValue Value { get; }

    public void Dispose()
    {
        Value.Dispose();
        _memory.Dispose();
    }
}
