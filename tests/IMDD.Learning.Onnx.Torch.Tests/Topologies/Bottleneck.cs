using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>ResNet's bottleneck block (He et al. 2016, figure 5 right), grouped as in ResNeXt.</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential _residual;
    private readonly Sequential _shortcut;

    public Bottleneck(long channels, long width, long stride, long groups)
        : base(nameof(Bottleneck))
    {
        _residual = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias: false),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, groups: groups, bias: false),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width * 4, 1, bias: false),
            nn.BatchNorm2d(width * 4));
        _shortcut = nn.Sequential(nn.Conv2d(channels, width * 4, 1, stride, bias: false), nn.BatchNorm2d(width * 4));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.relu(_residual.call(input) + _shortcut.call(input));

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
        => onnx.Graph.Relu(onnx.Graph.Add(onnx.Call(_residual, input), onnx.Call(_shortcut, input)));
}
