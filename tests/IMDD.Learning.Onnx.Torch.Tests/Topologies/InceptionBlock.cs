using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>An Inception block with factorised convolutions (Szegedy et al. 2016, figure 6).</summary>
internal sealed class InceptionBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly ModuleList<Sequential> _branches = [];

    public InceptionBlock(long channels, long width)
        : base(nameof(InceptionBlock))
    {
        _branches.Add(Unit(nn.Conv2d(channels, width, 1), width));
        _branches.Add(nn.Sequential(
            Unit(nn.Conv2d(channels, width, 1), width),
            Unit(nn.Conv2d(width, width, (1, 7), (1, 1), (0, 3)), width),
            Unit(nn.Conv2d(width, width, (7, 1), (1, 1), (3, 0)), width)));
        _branches.Add(nn.Sequential(nn.MaxPool2d(3, 1, 1), Unit(nn.Conv2d(channels, width, 1), width)));
        _branches.Add(nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad: false), Unit(nn.Conv2d(channels, width, 1), width)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => cat([.. _branches.Select(branch => branch.call(input))], 1);

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
        => onnx.Graph.Concat(1, [.. _branches.Select(branch => onnx.Call(branch, input))]);

    private static Sequential Unit(Conv2d convolution, long width) => nn.Sequential(convolution, nn.BatchNorm2d(width), nn.ReLU6());
}
