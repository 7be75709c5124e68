using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Clip;

/// <summary>Self-attention of CLIP's towers, all projections with bias.</summary>
internal sealed class ClipAttention : NamedModule
{
    private readonly long _heads;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _out;

    public ClipAttention(long width, long heads, Placement placement)
        : base(nameof(ClipAttention))
    {
        _heads = heads;
        register_module("q_proj", _query = placement.Linear(width, width));
        register_module("k_proj", _key = placement.Linear(width, width));
        register_module("v_proj", _value = placement.Linear(width, width));
        register_module("out_proj", _out = placement.Linear(width, width));
    }

    /// <param name="tokens">[B, N, width].</param>
    /// <param name="causal">A token sees itself and those before it.</param>
    /// <param name="attend">Which tokens a token sees, boolean, [B, 1, N, N]; null for all. Not together with <paramref name="causal"/>.</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor tokens, bool causal, Tensor? attend = null)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(
            Split(_query.call(tokens)), Split(_key.call(tokens)), Split(_value.call(tokens)), attend, is_casual: causal);
        return _out.call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes where a token sees those after it too.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="tokens">[B, N, width].</param>
    /// <param name="bias">Added to the scores, [1 or B, 1, N, N]; null for none.</param>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue tokens, OnnxValue? bias)
        => onnx.Call(_out, onnx.Attention(onnx.Call(_query, tokens), onnx.Call(_key, tokens), onnx.Call(_value, tokens), _heads, bias));

    private Tensor Split(Tensor tokens) => tokens.unflatten(2, [_heads, tokens.shape[2] / _heads]).transpose(1, 2);
}
