using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// Two fixed channels at half size, of the lightness: its difference from the mean of its 3×3 neighbourhood, and its difference from the mean of
/// a neighbourhood of about 80 pixels in units of the deviation there (local contrast normalisation, Jarrett et al. 2009, section 2). They
/// make light, exposure and gain disappear before anything is learned. The wide neighbourhood is taken on a grid coarser by 8.
/// </summary>
public sealed class LocalContrast : Module<Tensor, Tensor>, IOnnxExportable
{
    /// <summary>Channels that come out.</summary>
    public const int Channels = 2;

    /// <summary>From the half-size grid to the one on which wide means are taken.</summary>
    public const int Coarse = 8;

    /// <summary>Side of the wide mean, cells of the coarse grid.</summary>
    public const int Wide = 5;

    /// <summary>Added to the variance: below two grey levels of 255 a deviation is noise.</summary>
    public const float VarianceFloor = 6e-5f;

    /// <summary>The grey level that is 1.</summary>
    public const float White = 255;

    /// <summary>Brings the fine difference to the size of the other channels.</summary>
    public const float FineGain = 16;

    // Kept for good: TorchSharp does not keep a number alive while libtorch reads it.
    private static readonly Scalar Gain = FineGain;
    private static readonly Scalar Floor = VarianceFloor;

    private readonly TorchSharp.Modules.AvgPool2d _half = AvgPool2d(2, 2);
    private readonly TorchSharp.Modules.AvgPool2d _fine = AvgPool2d(3, 1, 1, count_include_pad: false);
    private readonly TorchSharp.Modules.AvgPool2d _toCoarse = AvgPool2d(Coarse, Coarse);
    private readonly TorchSharp.Modules.AvgPool2d _wide = AvgPool2d(Wide, 1, Wide / 2, count_include_pad: false);
    private readonly TorchSharp.Modules.Upsample _fromCoarse = Upsample(scale_factor: [Coarse, Coarse], mode: UpsampleMode.Bilinear, align_corners: false);

    /// <summary>Makes the channels.</summary>
    public LocalContrast()
        : base(nameof(LocalContrast)) => RegisterComponents();

    /// <summary><c>[B, 3, H, W]</c>, 0 to 1, to <c>[B, 2, H / 2, W / 2]</c>. H and W are multiples of 16.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var light = _half.forward(input).mean([1], keepdim: true);

        // Shifts no difference and no variance, and keeps the difference of squares below from losing its digits on bright pictures.
        light = light - light.mean([2, 3], keepdim: true);
        var fine = (light - _fine.forward(light)) * Gain;
        var coarse = _toCoarse.forward(light);
        var mean = _wide.forward(coarse);
        var variance = functional.relu(_wide.forward(_toCoarse.forward(light * light)) - mean * mean).Plus(Floor);
        var normalised = (light - _fromCoarse.forward(mean)) / _fromCoarse.forward(variance.sqrt());
        return cat([fine, normalised], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the channels, for pictures in grey levels of 0 to <see cref="White"/>.</summary>
    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var light = graph.Mul(graph.ReduceMean(onnx.Call(_half, input), 1), graph.Scalar(1 / White));
        light = graph.Sub(light, graph.ReduceMean(light, 2, 3));
        var fine = graph.Mul(graph.Sub(light, onnx.Call(_fine, light)), graph.Scalar(FineGain));
        var mean = onnx.Call(_wide, onnx.Call(_toCoarse, light));
        var squares = onnx.Call(_wide, onnx.Call(_toCoarse, graph.Mul(light, light)));
        var variance = graph.Add(graph.Relu(graph.Sub(squares, graph.Mul(mean, mean))), graph.Scalar(VarianceFloor));
        var normalised = graph.Div(graph.Sub(light, onnx.Call(_fromCoarse, mean)), onnx.Call(_fromCoarse, graph.Sqrt(variance)));
        return graph.Concat(1, fine, normalised);
    }
}
