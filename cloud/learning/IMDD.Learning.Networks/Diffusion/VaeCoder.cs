using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>One half of the autoencoder: a convolution in, levels with the middle after or before them, norm, SiLU and a convolution out.</summary>
internal sealed class VaeCoder : NamedModule
{
    private const double NormEpsilon = 1e-6;

    private readonly Conv2d _convIn;
    private readonly ModuleList<VaeLevel> _levels;
    private readonly VaeMiddle _middle;
    private readonly bool _middleFirst;
    private readonly GroupNorm _normOut;
    private readonly Conv2d _convOut;

    private VaeCoder(string levelsName, long from, IReadOnlyList<int> widths, int layers, long to, long groups, Resampling resampling, Placement placement)
        : base(nameof(VaeCoder))
    {
        _middleFirst = resampling == Resampling.Up;
        register_module("conv_in", _convIn = placement.Convolution(from, widths[0], 3, padding: 1));
        register_module(levelsName, _levels = nn.ModuleList(widths.Select((width, level) => new VaeLevel(
            level == 0 ? width : widths[level - 1],
            width,
            layers,
            groups,
            NormEpsilon,
            level < widths.Count - 1 ? resampling : null,
            placement)).ToArray()));
        register_module("mid_block", _middle = new VaeMiddle(_middleFirst ? widths[0] : widths[^1], groups, NormEpsilon, placement));
        register_module("conv_norm_out", _normOut = placement.GroupNorm(groups, widths[^1], NormEpsilon));
        register_module("conv_out", _convOut = placement.Convolution(widths[^1], to, 3, padding: 1));
    }

    /// <summary>From an image to the parameters of a posterior.</summary>
    /// <param name="widths">Channels per level, finest first.</param>
    public static VaeCoder Encoder(long from, IReadOnlyList<int> widths, int layers, long to, long groups, Placement placement)
        => new("down_blocks", from, widths, layers, to, groups, Resampling.DownPaddedAfter, placement);

    /// <summary>From a latent to an image.</summary>
    /// <param name="widths">Channels per level, finest first.</param>
    public static VaeCoder Decoder(long from, IReadOnlyList<int> widths, int layers, long to, long groups, Placement placement)
        => new("up_blocks", from, [.. widths.Reverse()], layers + 1, to, groups, Resampling.Up, placement);

    public Tensor Forward(Tensor input) => Forward(input, keepsDetail: false).Output;

    /// <param name="input">As of the other.</param>
    /// <param name="keepsDetail">Whether the value behind the first block of the last level but one is wanted too.</param>
    public (Tensor Output, Tensor? Detail) Forward(Tensor input, bool keepsDetail)
    {
        using var scope = NewDisposeScope();
        var hidden = _convIn.call(input);
        if (_middleFirst)
        {
            hidden = _middle.Forward(hidden);
        }

        Tensor? detail = null;
        for (var level = 0; level < _levels.Count; level++)
        {
            (hidden, var first) = _levels[level].Forward(hidden, keepsDetail && level == _levels.Count - 2);
            detail ??= first;
        }

        if (!_middleFirst)
        {
            hidden = _middle.Forward(hidden);
        }

        return (_convOut.call(silu(_normOut.call(hidden))).MoveToOuterDisposeScope(), detail?.MoveToOuterDisposeScope());
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    /// <returns>The output, and the value behind the first block of the last level but one; null where there is one level.</returns>
    public (OnnxValue Output, OnnxValue? Detail) Export(OnnxModuleScope onnx, OnnxValue input)
    {
        var hidden = onnx.Call(_convIn, input);
        hidden = _middleFirst ? _middle.Export(onnx, hidden) : hidden;
        OnnxValue? detail = null;
        for (var level = 0; level < _levels.Count; level++)
        {
            (hidden, var first) = _levels[level].Export(onnx, hidden);
            detail = level == _levels.Count - 2 ? first : detail;
        }

        hidden = _middleFirst ? hidden : _middle.Export(onnx, hidden);
        return (onnx.Call(_convOut, onnx.Graph.Silu(onnx.Call(_normOut, hidden))), detail);
    }
}
