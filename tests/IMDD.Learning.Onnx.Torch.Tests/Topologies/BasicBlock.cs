using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>ResNet's basic block (He et al. 2016, figure 5 left), with a projection where the shape changes.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential _residual;
    private readonly Sequential? _shortcut;

    public BasicBlock(long channels, long outputs, long stride)
        : base(nameof(BasicBlock))
    {
        _residual = nn.Sequential(
            nn.Conv2d(channels, outputs, 3, stride, 1, bias: false),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false),
            nn.BatchNorm2d(outputs));
        _shortcut = stride == 1 && channels == outputs
            ? null
            : nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias: false), nn.BatchNorm2d(outputs));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
        => nn.functional.relu(_residual.call(input) + (_shortcut is null ? input : _shortcut.call(input)));

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
        => onnx.Graph.Relu(onnx.Graph.Add(onnx.Call(_residual, input), _shortcut is null ? input : onnx.Call(_shortcut, input)));
}
