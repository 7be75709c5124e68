using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>A feature pyramid over three levels (Lin et al. 2017, figure 3), merged at the finest; several outputs of one module.</summary>
internal sealed class FeaturePyramid : nn.Module<Tensor, Tensor[]>, IOnnxMultiExportable
{
    private readonly ModuleList<Sequential> _bottomUp = [];
    private readonly ModuleList<Conv2d> _lateral = [];
    private readonly ModuleList<Conv2d> _smooth = [];

    public FeaturePyramid(long channels)
        : base(nameof(FeaturePyramid))
    {
        for (var level = 0; level < 3; level++)
        {
            _bottomUp.Add(nn.Sequential(nn.Conv2d(level == 0 ? 3 : channels, channels, 3, 2, 1), nn.BatchNorm2d(channels), nn.ReLU()));
            _lateral.Add(nn.Conv2d(channels, channels, 1));
            _smooth.Add(nn.Conv2d(channels, channels, 3, padding: 1));
        }

        RegisterComponents();
    }

    public override Tensor[] forward(Tensor input)
    {
        List<Tensor> levels = [];
        foreach (var step in _bottomUp)
        {
            levels.Add(step.call(levels.LastOrDefault() ?? input));
        }

        var outputs = new Tensor[levels.Count];
        Tensor? above = null;
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            var value = _lateral[level].call(levels[level]);
            above = above is null ? value : value + nn.functional.interpolate(above, [value.shape[2], value.shape[3]], mode: InterpolationMode.Nearest);
            outputs[level] = _smooth[level].call(above);
        }

        return outputs;
    }

    public IReadOnlyList<OnnxValue> ExportOnnx(OnnxModuleScope onnx, IReadOnlyList<OnnxValue> inputs)
    {
        List<OnnxValue> levels = [];
        foreach (var step in _bottomUp)
        {
            levels.Add(onnx.Call(step, levels.LastOrDefault() ?? inputs[0]));
        }

        var outputs = new OnnxValue[levels.Count];
        OnnxValue? above = null;
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            var value = onnx.Call(_lateral[level], levels[level]);
            above = above is null ? value : onnx.Graph.Add(value, onnx.Graph.ResizeLike(above, value, OnnxResampling.Nearest));
            outputs[level] = onnx.Call(_smooth[level], above);
        }

        return outputs;
    }
}
