using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>
/// Norm, SiLU, convolution, the time embedding added per channel, again norm, SiLU, convolution; the input is added, through a 1×1 convolution
/// where the width changes. Feature maps are [B, C, H, W].
/// </summary>
internal sealed class ResidualBlock : NamedModule
{
    private readonly GroupNorm _norm1;
    private readonly Conv2d _conv1;
    private readonly Linear? _time;
    private readonly GroupNorm _norm2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _shortcut;

    public ResidualBlock(long from, long to, long? timeWidth, long groups, double epsilon, Placement placement)
        : base(nameof(ResidualBlock))
    {
        register_module("norm1", _norm1 = placement.GroupNorm(groups, from, epsilon));
        register_module("conv1", _conv1 = placement.Convolution(from, to, 3, padding: 1));
        if (timeWidth is { } width)
        {
            register_module("time_emb_proj", _time = placement.Linear(width, to));
        }

        register_module("norm2", _norm2 = placement.GroupNorm(groups, to, epsilon));
        register_module("conv2", _conv2 = placement.Convolution(to, to, 3, padding: 1));
        if (from != to)
        {
            register_module("conv_shortcut", _shortcut = placement.Convolution(from, to, 1));
        }
    }

    /// <summary>The second convolution, which starts at zero where the network is trained from scratch.</summary>
    public Conv2d Last => _conv2;

    /// <param name="input">[B, from, H, W].</param>
    /// <param name="activatedTime">SiLU of the time embedding, [B, T]; null where the network has no time.</param>
    /// <returns>[B, to, H, W].</returns>
    public Tensor Forward(Tensor input, Tensor? activatedTime)
    {
        using var scope = NewDisposeScope();
        var hidden = _conv1.call(silu(_norm1.call(input)));
        if (_time is not null)
        {
            hidden = hidden + _time.call(activatedTime!).unsqueeze(-1).unsqueeze(-1);
        }

        hidden = _conv2.call(silu(_norm2.call(hidden)));
        return (hidden + (_shortcut is null ? input : _shortcut.call(input))).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    /// <param name="onnx">The graph.</param>
    /// <param name="input">[B, from, H, W].</param>
    /// <param name="activatedTime">SiLU of the time embedding, [1, T], which is a constant of the graph; null where the network has no time.</param>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input, Tensor? activatedTime)
    {
        var graph = onnx.Graph;
        var hidden = onnx.Call(_conv1, graph.Silu(onnx.Call(_norm1, input)));
        if (_time is not null)
        {
            using var scope = NewDisposeScope();
            hidden = graph.Add(hidden, graph.Constant("time", linear(activatedTime!, onnx.Value(_time.weight), onnx.Value(_time.bias!)).unsqueeze(-1).unsqueeze(-1).ToOnnx()));
        }

        hidden = onnx.Call(_conv2, graph.Silu(onnx.Call(_norm2, hidden)));
        return graph.Add(hidden, _shortcut is null ? input : onnx.Call(_shortcut, input));
    }
}
