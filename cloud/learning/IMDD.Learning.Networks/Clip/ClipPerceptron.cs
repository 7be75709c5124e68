using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>Two linear layers with a GELU between them: OpenAI's quick x·σ(1.702x), or the exact one.</summary>
internal sealed class ClipPerceptron : NamedModule
{
    private const double QuickSlope = 1.702;

    private readonly bool _quick;
    private readonly Linear _first;
    private readonly Linear _second;

    public ClipPerceptron(long width, long hidden, bool quick, Placement placement)
        : base(nameof(ClipPerceptron))
    {
        _quick = quick;
        register_module("fc1", _first = placement.Linear(width, hidden));
        register_module("fc2", _second = placement.Linear(hidden, width));
    }

    /// <param name="tokens">[B, N, width].</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var hidden = _first.call(tokens);
        return _second.call(_quick ? hidden * (QuickSlope * hidden).sigmoid() : nn.functional.gelu(hidden)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue tokens)
    {
        var graph = onnx.Graph;
        var hidden = onnx.Call(_first, tokens);
        return onnx.Call(_second, _quick ? graph.Mul(hidden, graph.Sigmoid(graph.Mul(hidden, graph.Scalar((float)QuickSlope)))) : graph.Gelu(hidden));
    }
}
