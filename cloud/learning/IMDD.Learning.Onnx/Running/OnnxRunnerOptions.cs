using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Running;

/// <summary>How a model is run.</summary>
public sealed record OnnxRunnerOptions
{
    /// <summary>Let the runtime optimise the graph.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Threads within an operator; 0 leaves it to the runtime.</summary>
    public int Threads { get; init; }

    /// <summary>Most bytes of weights that the runtime gets in one message, which protobuf ends near 2 GiB; above it gets them in files.</summary>
    public long MaxMessageBytes { get; init; } = OnnxModel.MaxMessageBytes;
}
