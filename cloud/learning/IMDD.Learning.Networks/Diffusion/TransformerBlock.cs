using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>Self-attention, attention to the context, feed-forward; each behind a layer norm and added to its input.</summary>
internal sealed class TransformerBlock : NamedModule
{
    private readonly LayerNorm _norm1;
    private readonly Attention _self;
    private readonly LayerNorm _norm2;
    private readonly Attention _cross;
    private readonly LayerNorm _norm3;
    private readonly GatedFeedForward _feedForward;

    public TransformerBlock(long width, long contextWidth, long heads, Placement placement)
        : base(nameof(TransformerBlock))
    {
        register_module("norm1", _norm1 = placement.LayerNorm(width));
        register_module("attn1", _self = new Attention(width, width, heads, bias: false, placement));
        register_module("norm2", _norm2 = placement.LayerNorm(width));
        register_module("attn2", _cross = new Attention(width, contextWidth, heads, bias: false, placement));
        register_module("norm3", _norm3 = placement.LayerNorm(width));
        register_module("ff", _feedForward = new GatedFeedForward(width, placement));
    }

    /// <param name="input">[B, N, width].</param>
    /// <param name="context">[B, M, context width].</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor input, Tensor context)
    {
        using var scope = NewDisposeScope();
        var normed = _norm1.call(input);
        var hidden = input + _self.Forward(normed, normed);
        hidden = hidden + _cross.Forward(_norm2.call(hidden), context);
        return (hidden + _feedForward.Forward(_norm3.call(hidden))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input, OnnxValue context)
    {
        var graph = onnx.Graph;
        var normed = onnx.Call(_norm1, input);
        var hidden = graph.Add(input, _self.Export(onnx, normed, normed));
        hidden = graph.Add(hidden, _cross.Export(onnx, onnx.Call(_norm2, hidden), context));
        return graph.Add(hidden, _feedForward.Export(onnx, onnx.Call(_norm3, hidden)));
    }
}
