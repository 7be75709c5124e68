using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>An inverted residual with squeeze and excitation (Sandler et al. 2018, figure 4; Howard et al. 2019, figure 4).</summary>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential _expand;
    private readonly Sequential _excite;
    private readonly Sequential _project;

    public InvertedResidual(long channels, long expansion)
        : base(nameof(InvertedResidual))
    {
        var width = channels * expansion;
        _expand = nn.Sequential(
            nn.Conv2d(channels, width, 1, bias: false),
            nn.BatchNorm2d(width),
            nn.Hardswish(),
            nn.Conv2d(width, width, 5, padding: 2, groups: width, bias: false),
            nn.BatchNorm2d(width),
            nn.Hardswish());
        _excite = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, channels, 1), nn.ReLU(), nn.Conv2d(channels, width, 1), nn.Hardsigmoid());
        _project = nn.Sequential(nn.Conv2d(width, channels, 1, bias: false), nn.BatchNorm2d(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var expanded = _expand.call(input);
        return input + _project.call(expanded * _excite.call(expanded));
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var expanded = onnx.Call(_expand, input);
        return onnx.Graph.Add(input, onnx.Call(_project, onnx.Graph.Mul(expanded, onnx.Call(_excite, expanded))));
    }
}
