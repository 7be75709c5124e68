using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>GEGLU (Shazeer 2020): a value times the exact GELU of a gate, value first, each four times as wide; then back.</summary>
internal sealed class GatedFeedForward : NamedModule
{
    private const int Expansion = 4;

    private readonly Linear _projection;
    private readonly Linear _out;

    public GatedFeedForward(long width, Placement placement)
        : base(nameof(GatedFeedForward))
    {
        // The checkpoint's names count a dropout between the two.
        Numbered net = new();
        Numbered gated = new();
        gated.register_module("proj", _projection = placement.Linear(width, 2 * Expansion * width));
        net.register_module("0", gated);
        net.register_module("2", _out = placement.Linear(Expansion * width, width));
        register_module("net", net);
    }

    /// <param name="input">[B, N, width].</param>
    /// <returns>[B, N, width].</returns>
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var halves = _projection.call(input).chunk(2, -1);
        return _out.call(halves[0] * gelu(halves[1])).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input)
    {
        var halves = onnx.Graph.Split(onnx.Call(_projection, input), 2, 2);
        return onnx.Call(_out, onnx.Graph.Mul(halves[0], onnx.Graph.Gelu(halves[1])));
    }

    private sealed class Numbered() : NamedModule(nameof(Numbered));
}
