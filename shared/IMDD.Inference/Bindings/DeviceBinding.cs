using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IMDD.Inference.Bindings;

/// <summary>
/// Tensors in a CUDA device's memory, at addresses that never change, as a CUDA graph needs: what is replayed reads and writes where it did
/// when it was recorded. Copies to and from the device are ours, since a replay makes none.
/// </summary>
internal sealed class DeviceBinding : ISegmenterBinding
{
    private const string GraphIdEntry = "gpu_graph_id";

    private readonly InferenceSession _session;
    private readonly int _deviceId;
    private readonly OrtMemoryInfo _memory;
    private readonly OrtAllocator _allocator;
    private readonly OrtIoBinding _io;
    private readonly RunOptions _runOptions = new();
    private readonly List<OrtValue> _values = [];
    private readonly List<(nint Device, Memory<byte> Host)> _inputs = [];
    private readonly List<(nint Device, Action<nint> Fetch)> _outputs = [];

    /// <param name="session">Runs with CUDA graphs.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="graphId">Names the recording: one for each shape, never used again.</param>
    public DeviceBinding(InferenceSession session, int deviceId, int graphId)
    {
        (_session, _deviceId) = (session, deviceId);
        CudaRuntime.SetDevice(deviceId);
        _memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, deviceId, OrtMemType.Default);
        _allocator = new OrtAllocator(session, _memory);
        _io = session.CreateIoBinding();
        _runOptions.AddRunConfigEntry(GraphIdEntry, graphId.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public void Input(string name, Memory<byte> memory, long[] shape)
    {
        var value = Allocate(TensorElementType.UInt8, shape);
        _io.BindInput(name, value);
        _inputs.Add((Address(value), memory));
    }

    /// <inheritdoc/>
    public void Constant(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var constant = Allocate(info.ElementDataType, info.Shape);
        CudaRuntime.ToDevice(Address(constant), value.GetTensorMutableRawData());
        _io.BindInput(name, constant);
    }

    /// <inheritdoc/>
    public void Output<T>(string name, Memory<T> memory, long[] shape)
        where T : unmanaged
    {
        var value = Allocate(typeof(T) == typeof(int) ? TensorElementType.Int32 : TensorElementType.Float, shape);
        _io.BindOutput(name, value);
        _outputs.Add((Address(value), device => CudaRuntime.ToHost(MemoryMarshal.AsBytes(memory.Span), device)));
    }

    /// <inheritdoc/>
    public void Run(RunOptions options)
    {
        CudaRuntime.SetDevice(_deviceId);
        foreach (var (device, host) in _inputs)
        {
            CudaRuntime.ToDevice(device, host.Span);
        }

        // ONNX Runtime works on a stream of its own, which does not wait for these copies.
        CudaRuntime.Synchronize();
        _session.RunWithBinding(_runOptions, _io);
        _io.SynchronizeBoundOutputs();
        foreach (var (device, fetch) in _outputs)
        {
            fetch(device);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _io.Dispose();
        _values.ForEach(value => value.Dispose());
        _runOptions.Dispose();
        _allocator.Dispose();
        _memory.Dispose();
    }

    private static nint Address(OrtValue value)
    {
        unsafe
        {
            fixed (byte* address = value.GetTensorMutableRawData())
            {
                return (nint)address;
            }
        }
    }

    private OrtValue Allocate(TensorElementType type, long[] shape)
    {
        var value = OrtValue.CreateAllocatedTensorValue(_allocator, type, shape);
        _values.Add(value);
        return value;
    }
}
