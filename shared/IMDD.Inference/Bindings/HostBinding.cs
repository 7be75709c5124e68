using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference.Bindings;

/// <summary>Tensors in the machine's own memory; a provider with memory of its own copies them.</summary>
internal sealed class HostBinding(InferenceSession session) : ISegmenterBinding
{
    private readonly OrtIoBinding _io = session.CreateIoBinding();
    private readonly List<(string Name, OrtValue Value)> _inputs = [];
    private readonly List<OrtValue> _outputs = [];

    /// <inheritdoc/>
    public void Input(string name, Memory<byte> memory, long[] shape) => _inputs.Add((name, Value(memory, shape)));

    /// <inheritdoc/>
    public void Constant(string name, OrtValue value) => _io.BindInput(name, value);

    /// <inheritdoc/>
    public void Output<T>(string name, Memory<T> memory, long[] shape)
        where T : unmanaged
    {
        var value = Value(memory, shape);
        _outputs.Add(value);
        _io.BindOutput(name, value);
    }

    /// <inheritdoc/>
    public void Run(RunOptions options)
    {
        // An input is copied to an accelerator when it is bound, and not when it is run: bound once, it would show the first frame for ever.
        foreach (var (name, value) in _inputs)
        {
            _io.BindInput(name, value);
        }

        _io.SynchronizeBoundInputs();
        session.RunWithBinding(options, _io);
        _io.SynchronizeBoundOutputs();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _io.Dispose();
        _inputs.ForEach(input => input.Value.Dispose());
        _outputs.ForEach(output => output.Dispose());
    }

    private static OrtValue Value<T>(Memory<T> memory, long[] shape)
        where T : unmanaged
        => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
}
