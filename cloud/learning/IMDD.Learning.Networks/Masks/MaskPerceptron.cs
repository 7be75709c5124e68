using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>Three linear layers with ReLUs between them: from a query to its mask's embedding.</summary>
internal sealed class MaskPerceptron : NamedModule
{
    private readonly ModuleList<Linear> _layers;

    public MaskPerceptron(long width, long to, Placement placement)
        : base(nameof(MaskPerceptron))
        => register_module("layers", _layers = nn.ModuleList(placement.Linear(width, width), placement.Linear(width, width), placement.Linear(width, to)));

    public Tensor Forward(Tensor queries)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.relu(_layers[0].call(queries));
        return _layers[2].call(nn.functional.relu(_layers[1].call(hidden))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue queries)
    {
        var hidden = onnx.Graph.Relu(onnx.Call(_layers[0], queries));
        return onnx.Call(_layers[2], onnx.Graph.Relu(onnx.Call(_layers[1], hidden)));
    }
}
