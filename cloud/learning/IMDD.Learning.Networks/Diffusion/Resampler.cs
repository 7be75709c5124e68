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
}
