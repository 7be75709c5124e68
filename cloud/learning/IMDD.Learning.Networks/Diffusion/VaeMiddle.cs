using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>The coarsest point of the autoencoder: a residual block, attention, a residual block.</summary>
internal sealed class VaeMiddle : NamedModule
{
    private readonly ModuleList<ResidualBlock> _resnets;
    private readonly ModuleList<VaeAttention> _attentions;

    public VaeMiddle(long width, long groups, double epsilon, Placement placement)
        : base(nameof(VaeMiddle))
    {
        register_module("resnets", _resnets = nn.ModuleList(Resnet(), Resnet()));
        register_module("attentions", _attentions = nn.ModuleList(new VaeAttention(width, groups, epsilon, placement)));

        ResidualBlock Resnet() => new(width, width, timeWidth: null, groups, epsilon, placement);
    }

    public Tensor Forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return _resnets[1].Forward(_attentions[0].Forward(_resnets[0].Forward(hidden, null)), null).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue hidden)
        => _resnets[1].Export(onnx, _attentions[0].Export(onnx, _resnets[0].Export(onnx, hidden, null)), null);
}
