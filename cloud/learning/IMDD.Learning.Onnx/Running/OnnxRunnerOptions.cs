namespace IMDD.Learning.Onnx.Running;

/// <summary>How a model is run.</summary>
public sealed record OnnxRunnerOptions
{
    /// <summary>Let the runtime optimise the graph.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Threads within an operator; 0 leaves it to the runtime.</summary>
    public int Threads { get; init; }
}
