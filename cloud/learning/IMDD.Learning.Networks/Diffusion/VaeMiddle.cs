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
}
