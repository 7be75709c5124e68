using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using IMDD.Learning.Weights.Configurations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>Attention and perceptron, each behind a layer norm and added to its input.</summary>
internal sealed class ClipLayer : NamedModule
{
    private readonly LayerNorm _norm1;
    private readonly ClipAttention _attention;
    private readonly LayerNorm _norm2;
    private readonly ClipPerceptron _perceptron;

    public ClipLayer(ClipTowerConfiguration tower, Placement placement)
        : base(nameof(ClipLayer))
    {
        register_module("layer_norm1", _norm1 = placement.LayerNorm(tower.Width, tower.NormEpsilon));
        register_module("self_attn", _attention = new ClipAttention(tower.Width, tower.Heads, placement));
        register_module("layer_norm2", _norm2 = placement.LayerNorm(tower.Width, tower.NormEpsilon));
        register_module("mlp", _perceptron = new ClipPerceptron(tower.Width, tower.HiddenWidth, tower.QuickGelu, placement));
    }

    public Tensor Forward(Tensor tokens, bool causal, Tensor? attend)
    {
        using var scope = NewDisposeScope();
        var hidden = tokens + _attention.Forward(_norm1.call(tokens), causal, attend);
        return (hidden + _perceptron.Forward(_norm2.call(hidden))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes; arguments as of the attention.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue tokens, OnnxValue? bias)
    {
        var graph = onnx.Graph;
        var hidden = graph.Add(tokens, _attention.Export(onnx, onnx.Call(_norm1, tokens), bias));
        return graph.Add(hidden, _perceptron.Export(onnx, onnx.Call(_norm2, hidden)));
    }
}
