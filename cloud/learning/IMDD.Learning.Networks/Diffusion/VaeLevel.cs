using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>Residual blocks without time, and a change of size.</summary>
internal sealed class VaeLevel : NamedModule
{
    private readonly ModuleList<ResidualBlock> _resnets;
    private readonly ModuleList<Resampler>? _resamplers;

    public VaeLevel(long from, long to, int layers, long groups, double epsilon, Resampling? resampling, Placement placement)
        : base(nameof(VaeLevel))
    {
        register_module("resnets", _resnets = nn.ModuleList(Enumerable.Range(0, layers).Select(
            layer => new ResidualBlock(layer == 0 ? from : to, to, timeWidth: null, groups, epsilon, placement)).ToArray()));
        if (resampling is { } kind)
        {
            register_module(kind == Resampling.Up ? "upsamplers" : "downsamplers", _resamplers = nn.ModuleList(new Resampler(kind, to, placement)));
        }
    }

    /// <param name="hidden">[B, from, H, W].</param>
    /// <param name="keepsFirst">Whether the value behind the first block is wanted too.</param>
    public (Tensor Output, Tensor? First) Forward(Tensor hidden, bool keepsFirst)
    {
        using var scope = NewDisposeScope();
        var first = _resnets[0].Forward(hidden, activatedTime: null);
        hidden = first;
        foreach (var resnet in _resnets.Skip(1))
        {
            hidden = resnet.Forward(hidden, activatedTime: null);
        }

        hidden = _resamplers is null ? hidden : _resamplers[0].Forward(hidden);
        return (hidden.MoveToOuterDisposeScope(), keepsFirst ? first.MoveToOuterDisposeScope() : null);
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public (OnnxValue Output, OnnxValue First) Export(OnnxModuleScope onnx, OnnxValue hidden)
    {
        var first = _resnets[0].Export(onnx, hidden, activatedTime: null);
        hidden = first;
        foreach (var resnet in _resnets.Skip(1))
        {
            hidden = resnet.Export(onnx, hidden, activatedTime: null);
        }

        return (_resamplers is null ? hidden : _resamplers[0].Export(onnx, hidden), first);
    }
}
