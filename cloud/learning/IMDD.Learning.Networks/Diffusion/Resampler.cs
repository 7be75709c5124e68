using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace IMDD.Learning.Networks.Diffusion;

/// <summary>A 3×3 convolution that halves a feature map, or follows its doubling to the nearest pixel.</summary>
internal sealed class Resampler : NamedModule
{
    private readonly Resampling _kind;
    private readonly Conv2d _convolution;

    public Resampler(Resampling kind, long width, Placement placement)
        : base(nameof(Resampler))
    {
        _kind = kind;
        register_module("conv", _convolution = kind switch
        {
            Resampling.Up => placement.Convolution(width, width, 3, padding: 1),
            Resampling.Down => placement.Convolution(width, width, 3, stride: 2, padding: 1),
            _ => placement.Convolution(width, width, 3, stride: 2),
        });
    }

    /// <param name="input">[B, C, H, W].</param>
    /// <param name="like">The height and width to double to; null for exactly twice.</param>
    /// <returns>[B, C, H', W'].</returns>
    public Tensor Forward(Tensor input, (long Height, long Width)? like = null)
    {
        using var scope = NewDisposeScope();
        var (height, width) = like ?? (2 * input.shape[2], 2 * input.shape[3]);
        var resized = _kind switch
        {
            Resampling.Up => interpolate(input, [height, width], mode: InterpolationMode.Nearest),
            Resampling.DownPaddedAfter => pad(input, [0, 1, 0, 1]),
            _ => input,
        };
        return _convolution.call(resized).MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the graph what the forward pass computes.</summary>
    public OnnxValue Export(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        return _kind switch
        {
            Resampling.Up => onnx.Call(_convolution, graph.ResizeBy(input, [2, 2], OnnxResampling.Nearest)),
            Resampling.DownPaddedAfter => graph.Conv(
                input,
                onnx.Parameter("weight", _convolution.weight),
                onnx.Optional("bias", _convolution.bias),
                OnnxWindow.Of([3, 3], [2, 2]) with { PadsAfter = [1, 1] }),
            _ => onnx.Call(_convolution, input),
        };
    }
}
