namespace IMDD.Learning.Onnx.Precision;

/// <summary>What stays in 32-bit floats when a model is turned into 16-bit ones.</summary>
public sealed record Float16Options
{
    /// <summary>
    /// Operators that sum or divide over many elements, whose intermediate results leave the range or the precision of 16 bits; resizing and counting,
    /// whose coordinates do; and what a softmax or a logarithm makes of large scores. ONNX Runtime's <c>MultiHeadAttention</c>, which has a softmax
    /// inside, is not among them: the fused kernels on GPUs that it is written for hold scores and softmax in 32 bits themselves; add it for a network that needs all of its
    /// attention in 32 bits, as Stable Diffusion 2.1 does.
    /// </summary>
    public IReadOnlySet<string> KeepOperators { get; init; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "ArgMax", "Cos", "CumSum", "DequantizeLinear", "Exp", "GlobalAveragePool", "GridSample", "InstanceNormalization", "LayerNormalization", "Log",
        "LogSoftmax", "Pow", "QuantizeLinear", "Range", "ReduceL2", "ReduceMean", "ReduceSum", "Resize", "Sin", "Softmax", "Softplus", "TopK",
    };

    /// <summary>Beginnings of names of nodes, such as <c>head/</c>: a path of modules, with slashes. Time embeddings and decoders of images need it.</summary>
    public IReadOnlyList<string> KeepNames { get; init; } = [];
}
