using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>The autoencoder's attention over pixels: one head, all projections with bias, added to its input.</summary>
internal sealed class VaeAttention : NamedModule
{
    private readonly GroupNorm _norm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly ModuleList<Linear> _out;

    public VaeAttention(long width, long groups, double epsilon, Placement placement)
        : base(nameof(VaeAttention))
    {
        register_module("group_norm", _norm = placement.GroupNorm(groups, width, epsilon));
        register_module("to_q", _query = placement.Linear(width, width));
        register_module("to_k", _key = placement.Linear(width, width));
        register_module("to_v", _value = placement.Linear(width, width));
        register_module("to_out", _out = nn.ModuleList(placement.Linear(width, width)));
    }

    /// <param name="input">[B, width, H, W].</param>
    /// <returns>[B, width, H, W].</returns>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = _norm.call(input).flatten(2).transpose(1, 2);
        var attended = nn.functional.scaled_dot_product_attention(_query.call(tokens), _key.call(tokens), _value.call(tokens));
        return (_out[0].call(attended).transpose(1, 2).reshape(input.shape) + input).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var map = onnx.Call(_norm, input);
        var tokens = graph.Transpose(graph.FlattenFrom(map, 2, map.Shape[2].Times(map.Shape[3])), 0, 2, 1);
        var attended = onnx.Call(_out[0], onnx.Attention(onnx.Call(_query, tokens), onnx.Call(_key, tokens), onnx.Call(_value, tokens), 1));
        return graph.Add(graph.ReshapeLike(graph.Transpose(attended, 0, 2, 1), input), input);
    }
}
