using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>A transformer over the pixels of a feature map, between 1×1 convolutions, added to its input.</summary>
internal sealed class SpatialTransformer : NamedModule
{
    private const double NormEpsilon = 1e-6;

    private readonly GroupNorm _norm;
    private readonly Conv2d _in;
    private readonly ModuleList<TransformerBlock> _blocks;
    private readonly Conv2d _out;

    public SpatialTransformer(long width, long contextWidth, long heads, long groups, Placement placement)
        : base(nameof(SpatialTransformer))
    {
        register_module("norm", _norm = placement.GroupNorm(groups, width, NormEpsilon));
        register_module("proj_in", _in = placement.Convolution(width, width, 1));
        register_module("transformer_blocks", _blocks = nn.ModuleList(new TransformerBlock(width, contextWidth, heads, placement)));
        register_module("proj_out", _out = placement.Convolution(width, width, 1));
    }

    /// <summary>The last convolution, which starts at zero where the network is trained from scratch.</summary>
    public Conv2d Last => _out;

    /// <param name="input">[B, width, H, W].</param>
    /// <param name="context">[B, M, context width].</param>
    /// <returns>[B, width, H, W].</returns>
    public Tensor Forward(Tensor input, Tensor context)
    {
        using var scope = NewDisposeScope();
        var tokens = _in.call(_norm.call(input)).flatten(2).transpose(1, 2);
        foreach (var block in _blocks)
        {
            tokens = block.Forward(tokens, context);
        }

        var map = tokens.transpose(1, 2).reshape(input.shape);
        return (_out.call(map) + input).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input, OnnxValue context)
    {
        var graph = onnx.Graph;
        var map = onnx.Call(_in, onnx.Call(_norm, input));
        var tokens = graph.Transpose(graph.FlattenFrom(map, 2, map.Shape[2].Times(map.Shape[3])), 0, 2, 1);
        foreach (var block in _blocks)
        {
            tokens = block.Export(onnx, tokens, context);
        }

        return graph.Add(onnx.Call(_out, graph.ReshapeLike(graph.Transpose(tokens, 0, 2, 1), input)), input);
    }
}
