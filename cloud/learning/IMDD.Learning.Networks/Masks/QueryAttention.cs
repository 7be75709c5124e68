using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>Attention of the queries with its projections in one tensor, query, key, value; added to the queries, then normed.</summary>
internal sealed class QueryAttention : NamedModule
{
    private readonly long _heads;
    private readonly Parts _attention = new();
    private readonly Linear _out;
    private readonly LayerNorm _norm;

    public QueryAttention(string name, long width, long heads, Placement placement)
        : base(nameof(QueryAttention))
    {
        _heads = heads;
        _attention.register_parameter("in_proj_weight", nn.Parameter(empty([3 * width, width], placement.Type, placement.Device)));
        _attention.register_parameter("in_proj_bias", nn.Parameter(zeros([3 * width], placement.Type, placement.Device)));
        nn.init.xavier_uniform_(Weight);
        _attention.register_module("out_proj", _out = placement.Linear(width, width));
        register_module(name, _attention);
        register_module("norm", _norm = placement.LayerNorm(width));
    }

    private Parameter Weight => _attention.InWeight;

    private Parameter Bias => _attention.InBias;

    /// <param name="queries">What the result is added to, [B, Q, width].</param>
    /// <param name="query">[B, Q, width].</param>
    /// <param name="key">[B, N, width].</param>
    /// <param name="value">[B, N, width].</param>
    /// <param name="attend">Where a query may look, boolean, [B, 1, Q, N]; null for everywhere.</param>
    /// <returns>[B, Q, width].</returns>
    public Tensor Forward(Tensor queries, Tensor query, Tensor key, Tensor value, Tensor? attend)
    {
        using var scope = NewDisposeScope();
        var weights = Weight.chunk(3);
        var biases = Bias.chunk(3);
        var attended = nn.functional.scaled_dot_product_attention(
            Split(nn.functional.linear(query, weights[0], biases[0])),
            Split(nn.functional.linear(key, weights[1], biases[1])),
            Split(nn.functional.linear(value, weights[2], biases[2])),
            attend);
        return _norm.call(queries + _out.call(attended.transpose(1, 2).flatten(2))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="queries">What the result is added to, [B, Q, width].</param>
    /// <param name="query">[B, Q, width].</param>
    /// <param name="key">[B, N, width].</param>
    /// <param name="value">[B, N, width].</param>
    /// <param name="bias">Added to the scores, [B, 1, Q, N]; null for none.</param>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue queries, OnnxValue query, OnnxValue key, OnnxValue value, OnnxValue? bias)
    {
        using var scope = NewDisposeScope();
        var weights = onnx.Value(Weight).chunk(3);
        var biases = onnx.Value(Bias).chunk(3);
        OnnxValue[] projected =
        [
            .. new[] { query, key, value }.Select((input, part) => onnx.Graph.Linear(
                input, onnx.Parameter("weight", weights[part].t()), onnx.Parameter("bias", biases[part]))),
        ];
        var attended = onnx.Call(_out, onnx.Attention(projected[0], projected[1], projected[2], _heads, bias));
        return onnx.Call(_norm, onnx.Graph.Add(queries, attended));
    }

    private Tensor Split(Tensor tokens) => tokens.unflatten(2, [_heads, tokens.shape[2] / _heads]).transpose(1, 2);

    private sealed class Parts() : NamedModule(nameof(Parts))
    {
        public Parameter InWeight => Own("in_proj_weight");

        public Parameter InBias => Own("in_proj_bias");
    }
}
