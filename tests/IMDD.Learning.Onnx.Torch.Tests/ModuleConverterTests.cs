using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Every module of torch.nn that is known, against TorchSharp itself, with symbols for what may vary.</summary>
public sealed class ModuleConverterTests
{
    private static readonly OnnxDimension B = TorchParity.B;
    private static readonly OnnxDimension H = OnnxDimension.Symbolic("H");
    private static readonly OnnxDimension W = OnnxDimension.Symbolic("W");

    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> OnMaps = new(StringComparer.Ordinal)
    {
        ["Conv2d same"] = () => nn.Conv2d(4, 6, 3, padding: Padding.Same),
        ["Conv2d same of even kernel"] = () => nn.Conv2d(4, 6, 4, padding: Padding.Same),
        ["Conv2d valid"] = () => nn.Conv2d(4, 6, 3, padding: Padding.Valid),
        ["Conv2d strided and dilated without bias"] = () => nn.Conv2d(4, 6, 3, stride: 2, padding: 2, dilation: 2, bias: false),
        ["Conv2d of groups"] = () => nn.Conv2d(4, 8, 3, padding: 1, groups: 2),
        ["Conv2d depth-wise of two lengths"] = () => nn.Conv2d(4, 4, (3, 5), (1, 2), (1, 2), groups: 4),
        ["Conv2d reflecting"] = () => nn.Conv2d(4, 6, 3, padding: 1, padding_mode: PaddingModes.Reflect),
        ["Conv2d replicating"] = () => nn.Conv2d(4, 6, 3, padding: 1, padding_mode: PaddingModes.Replicate),
        ["ConvTranspose2d"] = () => nn.ConvTranspose2d(4, 6, 3, stride: 2, padding: 1, output_padding: 1),
        ["ConvTranspose2d of groups and normalised"] = () => nn.Sequential(nn.ConvTranspose2d(4, 6, 2, stride: 2, groups: 2), nn.BatchNorm2d(6)),
        ["Conv2d normalised"] = () => nn.Sequential(nn.Conv2d(4, 6, 3, bias: false), nn.BatchNorm2d(6)),
        ["BatchNorm2d"] = () => nn.BatchNorm2d(4),
        ["BatchNorm2d without affine"] = () => nn.BatchNorm2d(4, affine: false),
        ["GroupNorm"] = () => nn.GroupNorm(2, 4),
        ["GroupNorm without affine"] = () => nn.GroupNorm(2, 4, affine: false),
        ["InstanceNorm2d"] = () => nn.InstanceNorm2d(4),
        ["InstanceNorm2d affine"] = () => nn.InstanceNorm2d(4, affine: true),
        ["InstanceNorm2d with statistics"] = () => nn.InstanceNorm2d(4, affine: true, track_running_stats: true),
        ["ReLU"] = () => nn.ReLU(),
        ["ReLU6"] = () => nn.ReLU6(),
        ["LeakyReLU"] = () => nn.LeakyReLU(0.2),
        ["PReLU"] = () => nn.PReLU(4),
        ["PReLU of one slope"] = () => nn.PReLU(1),
        ["RReLU"] = () => nn.RReLU(0.1, 0.3),
        ["ELU"] = () => nn.ELU(0.7),
        ["SELU"] = () => nn.SELU(),
        ["GELU"] = () => nn.GELU(),
        ["GELU tanh"] = () => nn.GELU(GELU.Approximate.tanh),
        ["SiLU"] = () => nn.SiLU(),
        ["Mish"] = () => nn.Mish(),
        ["Hardswish"] = () => nn.Hardswish(),
        ["Hardsigmoid"] = () => nn.Hardsigmoid(),
        ["Sigmoid"] = () => nn.Sigmoid(),
        ["Tanh"] = () => nn.Tanh(),
        ["Tanhshrink"] = () => nn.Tanhshrink(),
        ["Softplus"] = () => nn.Softplus(3, 2),
        ["Softsign"] = () => nn.Softsign(),
        ["LogSigmoid"] = () => nn.LogSigmoid(),
        ["Softmax"] = () => nn.Softmax(1),
        ["Softmax2d"] = () => nn.Softmax2d(),
        ["Softmin"] = () => nn.Softmin(-1),
        ["LogSoftmax"] = () => nn.LogSoftmax(1),
        ["GLU"] = () => nn.GLU(1),
        ["MaxPool2d"] = () => nn.MaxPool2d(3, 2, 1),
        ["MaxPool2d rounding up"] = () => nn.MaxPool2d(2, 2, ceil_mode: true),
        ["MaxPool2d dilated"] = () => nn.MaxPool2d(2, 1, 0, 2),
        ["AvgPool2d"] = () => nn.AvgPool2d(3, 2, 1),
        ["AvgPool2d without padding"] = () => nn.AvgPool2d(3, 2, 1, count_include_pad: false),
        ["AvgPool2d rounding up"] = () => nn.AvgPool2d(2, 2, ceil_mode: true),
        ["AdaptiveAvgPool2d of one"] = () => nn.AdaptiveAvgPool2d(1),
        ["AdaptiveMaxPool2d of one"] = () => nn.AdaptiveMaxPool2d([1, 1]),
        ["Upsample nearest"] = () => nn.Upsample(scale_factor: [2, 3]),
        ["Upsample halving"] = () => nn.Upsample(scale_factor: [0.5, 0.5]),
        ["Upsample to a length"] = () => nn.Upsample([5, 21], mode: UpsampleMode.Bilinear, align_corners: false),
        ["Upsample bilinear"] = () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: false),
        ["Upsample bilinear, corners kept"] = () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: true),
        ["Upsample bicubic"] = () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bicubic, align_corners: false),
        ["Upsample bicubic, corners kept"] = () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bicubic, align_corners: true),
        ["PixelShuffle"] = () => nn.PixelShuffle(2),
        ["ChannelShuffle"] = () => nn.ChannelShuffle(2),
        ["ZeroPad2d"] = () => nn.ZeroPad2d((1, 2, 3, 4)),
        ["ConstantPad2d"] = () => nn.ConstantPad2d((1, 0, 2, 1), 3),
        ["ReflectionPad2d"] = () => nn.ReflectionPad2d((2, 1, 3, 1)),
        ["ReplicationPad2d"] = () => nn.ReplicationPad2d((2, 1, 3, 1)),
        ["Dropouts, flattened"] = () => nn.Sequential(nn.Dropout(), nn.Dropout2d(), nn.AlphaDropout(), nn.FeatureAlphaDropout(), nn.Identity(), nn.Flatten()),
        ["Flatten of the last two"] = () => nn.Flatten(2),
    };

    private static readonly Dictionary<string, (Func<nn.Module<Tensor, Tensor>> Make, long[] Shape)> OnKnownShapes = new(StringComparer.Ordinal)
    {
        ["Conv1d"] = (() => nn.Conv1d(3, 5, 3, stride: 2, padding: 1), [3, 11]),
        ["Conv3d"] = (() => nn.Conv3d(2, 3, 3, padding: 1), [2, 4, 5, 6]),
        ["ConvTranspose1d"] = (() => nn.ConvTranspose1d(3, 5, 4, stride: 3, padding: 1), [3, 7]),
        ["MaxPool1d"] = (() => nn.MaxPool1d(3, 2, 1), [3, 11]),
        ["AvgPool1d"] = (() => nn.AvgPool1d(3, 2), [3, 11]),
        ["MaxPool2d rounding up, last place dropped"] = (() => nn.MaxPool2d(2, 3, 1, ceil_mode: true), [2, 7, 9]),
        ["AvgPool2d rounding up, padded"] = (() => nn.AvgPool2d(4, 2, 1, ceil_mode: true), [2, 7, 10]),
        ["AvgPool2d rounding up, last place dropped"] = (() => nn.AvgPool2d(2, 3, 1, ceil_mode: true), [2, 7, 9]),
        ["AvgPool1d rounding up"] = (() => nn.AvgPool1d(3, 2, 1, ceil_mode: true), [3, 10]),
        ["AdaptiveAvgPool1d"] = (() => nn.AdaptiveAvgPool1d(4), [3, 11]),
        ["AdaptiveAvgPool2d of parts that overlap"] = (() => nn.AdaptiveAvgPool2d([3, 4]), [2, 7, 10]),
        ["AdaptiveMaxPool2d"] = (() => nn.AdaptiveMaxPool2d([3, 2]), [2, 9, 8]),
        ["AdaptiveMaxPool1d"] = (() => nn.AdaptiveMaxPool1d(3), [2, 9]),
        ["BatchNorm1d"] = (() => nn.BatchNorm1d(6), [6]),
        ["BatchNorm1d of sequences"] = (() => nn.BatchNorm1d(6), [6, 4]),
        ["Linear normalised"] = (() => nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5)), [6]),
        ["Linear of sequences without bias"] = (() => nn.Linear(6, 5, hasBias: false), [4, 6]),
        ["LayerNorm"] = (() => nn.LayerNorm(6), [4, 6]),
        ["LayerNorm of two dimensions without affine"] = (() => nn.LayerNorm([4, 6], elementwise_affine: false), [4, 6]),
        ["InstanceNorm1d"] = (() => nn.InstanceNorm1d(3), [3, 9]),
        ["GroupNorm of sequences"] = (() => nn.GroupNorm(3, 6), [6, 5]),
        ["Unflatten"] = (() => nn.Unflatten(1, [2, 3]), [6, 4]),
        ["PixelUnshuffle"] = (() => nn.PixelUnshuffle(2), [3, 4, 6]),
        ["Upsample linear"] = (() => nn.Upsample(scale_factor: [3], mode: UpsampleMode.Linear, align_corners: false), [2, 5]),
        ["Upsample by a fraction"] = (() => nn.Upsample(scale_factor: [1.5, 1.7], mode: UpsampleMode.Bilinear, align_corners: false), [2, 7, 9]),
        ["ReflectionPad1d"] = (() => nn.ReflectionPad1d((2, 1)), [2, 5]),
        ["ReplicationPad1d"] = (() => nn.ReplicationPad1d((2, 1)), [2, 5]),
        ["ConstantPad1d"] = (() => nn.ConstantPad1d((2, 1), 0.5), [2, 5]),
    };

    public static TheoryData<string> NamesOnMaps => [.. OnMaps.Keys];

    public static TheoryData<string> NamesOnKnownShapes => [.. OnKnownShapes.Keys];

    [Theory]
    [MemberData(nameof(NamesOnMaps))]
    public void Export_ModuleOnMapsOfAnySize_Agrees(string name)
    {
        using var module = TorchParity.Prepared(OnMaps[name]());

        TorchParity.Check(module, [B, 4, H, W], [[1, 4, 12, 16], [3, 4, 13, 9]]);
    }

    [Theory]
    [MemberData(nameof(NamesOnKnownShapes))]
    public void Export_ModuleOnKnownShape_Agrees(string name)
    {
        var (make, shape) = OnKnownShapes[name];
        using var module = TorchParity.Prepared(make());

        TorchParity.Check(module, [B, .. shape.Select(OnnxDimension.Of)], [[1, .. shape], [3, .. shape]]);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(20)]
    [InlineData(21)]
    public void Export_NewerOpset_Agrees(int opset)
    {
        using var module = TorchParity.Prepared(nn.Sequential(
            nn.Conv2d(4, 8, 3, padding: 1), nn.GroupNorm(2, 8), nn.GELU(), nn.MaxPool2d(2), nn.GLU(1), nn.Upsample(scale_factor: [2, 2]), nn.AdaptiveMaxPool2d([1, 1])));

        TorchParity.Check(module, [B, 4, H, W], [[2, 4, 9, 8]], new TorchExportOptions { Opset = opset }).Model.Opset.ShouldBe(opset);
    }

    [Fact]
    public void Export_CircularPadding_TakesOpset19()
    {
        using var module = TorchParity.Prepared(nn.Conv2d(4, 6, 3, padding: 1, padding_mode: PaddingModes.Circular));

        TorchParity.Check(module, [B, 4, H, W], [[2, 4, 6, 5]], new TorchExportOptions { Opset = 19 });
        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, [B, 4, H, W])).Message.ShouldContain("opset 19");
    }
}
