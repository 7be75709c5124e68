using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>Attention with several heads; keys and values come from a context, or from the input itself.</summary>
internal sealed class Attention : NamedModule
{
    private readonly long _heads;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly ModuleList<Linear> _out;

    public Attention(long width, long contextWidth, long heads, bool bias, Placement placement)
        : base(nameof(Attention))
    {
        _heads = heads;
        register_module("to_q", _query = placement.Linear(width, width, bias));
        register_module("to_k", _key = placement.Linear(contextWidth, width, bias));
        register_module("to_v", _value = placement.Linear(contextWidth, width, bias));
        register_module("to_out", _out = nn.ModuleList(placement.Linear(width, width)));
    }

    /// <param name="input">[B, N, width].</param>
    /// <param name="context">[B, M, context width].</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor input, Tensor context)
    {
        using var scope = NewDisposeScope();
        var attended = scaled_dot_product_attention(Split(_query.call(input)), Split(_key.call(context)), Split(_value.call(context)));
        return _out[0].call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input, OnnxValue context)
        => onnx.Call(_out[0], onnx.Attention(onnx.Call(_query, input), onnx.Call(_key, context), onnx.Call(_value, context), _heads));

    private Tensor Split(Tensor tokens) => tokens.unflatten(2, [_heads, tokens.shape[2] / _heads]).transpose(1, 2);
}
