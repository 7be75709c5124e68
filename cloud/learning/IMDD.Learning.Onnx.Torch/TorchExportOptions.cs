using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>How a module is exported.</summary>
public sealed record TorchExportOptions
{
    /// <summary>Operator set of the default domain.</summary>
    public int Opset { get; init; } = OnnxGraphBuilder.DefaultOpset;

    /// <summary>Name of the graph.</summary>
    public string Name { get; init; } = "network";

    /// <summary>What the model is, for people.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Free keys and values for the file, beside those that are always there.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Exporters of modules that do not bring their own.</summary>
    public OnnxModuleConverters Converters { get; init; } = OnnxModuleConverters.Default;

    /// <summary>
    /// Where the values of parameters are that have none themselves (device <c>meta</c>), by the names they have in the exported module; 32-bit floats,
    /// best deferred. Null: every parameter has its values.
    /// </summary>
    public Func<string, OnnxTensor>? Weights { get; init; }

    /// <summary>What is simplified.</summary>
    public OnnxOptimizations Optimizations { get; init; } = OnnxOptimizations.All;

    /// <summary>
    /// Attention as ONNX Runtime's own node (domain <c>com.microsoft</c>), which does not hold the scores in memory; no other runtime
    /// knows it.
    /// </summary>
    public bool UseMicrosoftAttention { get; init; }
}
