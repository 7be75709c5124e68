using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference;

/// <summary>An IO binding and the tensors it refers to.</summary>
internal sealed class Binding(InferenceSession session) : IDisposable
{
    private readonly List<OrtValue> _values = [];

    public OrtIoBinding IoBinding { get; } = session.CreateIoBinding();

    public void Input<T>(string name, Memory<T> memory, long[] shape)
        where T : unmanaged
        => IoBinding.BindInput(name, Value(memory, shape));

    public void Output<T>(string name, Memory<T> memory, long[] shape)
        where T : unmanaged
        => IoBinding.BindOutput(name, Value(memory, shape));

    public void Dispose()
    {
        IoBinding.Dispose();
        _values.ForEach(value => value.Dispose());
    }

    private OrtValue Value<T>(Memory<T> memory, long[] shape)
        where T : unmanaged
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
        _values.Add(value);
        return value;
    }
}
