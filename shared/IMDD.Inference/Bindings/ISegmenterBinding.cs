using Microsoft.ML.OnnxRuntime;

namespace IMDD.Inference.Bindings;

/// <summary>The tensors of one shape, bound once and used for every run.</summary>
internal interface ISegmenterBinding : IDisposable
{
    /// <summary>Binds an input that every run reads anew from pinned memory.</summary>
    void Input(string name, Memory<byte> memory, long[] shape);

    /// <summary>Binds an input that never changes; the value stays the caller's.</summary>
    void Constant(string name, OrtValue value);

    /// <summary>Binds an output that every run writes to pinned memory.</summary>
    void Output<T>(string name, Memory<T> memory, long[] shape)
        where T : unmanaged;

    /// <summary>Reads the inputs, runs, writes the outputs.</summary>
    void Run(RunOptions options);
}
