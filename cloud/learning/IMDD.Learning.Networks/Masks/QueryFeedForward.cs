using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>Two linear layers with a ReLU between them, added to the queries, then normed.</summary>
internal sealed class QueryFeedForward : NamedModule
{
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly LayerNorm _norm;

    public QueryFeedForward(long width, long hidden, Placement placement)
        : base(nameof(QueryFeedForward))
    {
        register_module("linear1", _first = placement.Linear(width, hidden));
        register_module("linear2", _second = placement.Linear(hidden, width));
        register_module("norm", _norm = placement.LayerNorm(width));
    }

    public Tensor Forward(Tensor queries)
    {
        using var scope = NewDisposeScope();
        return _norm.call(queries + _second.call(nn.functional.relu(_first.call(queries)))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue queries)
        => onnx.Call(_norm, onnx.Graph.Add(queries, onnx.Call(_second, onnx.Graph.Relu(onnx.Call(_first, queries)))));
}
