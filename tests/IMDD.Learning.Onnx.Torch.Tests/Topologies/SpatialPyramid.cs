using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>Atrous spatial pyramid pooling with image-level features (Chen et al. 2017, figure 5).</summary>
internal sealed class SpatialPyramid : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly ModuleList<Sequential> _branches = [];
    private readonly Sequential _image;
    private readonly Sequential _project;

    public SpatialPyramid(long channels, long outputs)
        : base(nameof(SpatialPyramid))
    {
        _branches.Add(Branch(nn.Conv2d(channels, outputs, 1, bias: false), outputs));
        foreach (var rate in new long[] { 2, 4, 6 })
        {
            _branches.Add(Branch(nn.Conv2d(channels, outputs, 3, padding: rate, dilation: rate, bias: false), outputs));
        }

        _image = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, outputs, 1), nn.ReLU());
        _project = Branch(nn.Conv2d(outputs * 5, outputs, 1, bias: false), outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        List<Tensor> parts = [.. _branches.Select(branch => branch.call(input))];
        parts.Add(nn.functional.interpolate(_image.call(input), [input.shape[2], input.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false));
        return _project.call(cat(parts, 1));
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        List<OnnxValue> parts = [.. _branches.Select(branch => onnx.Call(branch, input))];
        parts.Add(onnx.Graph.ResizeLike(onnx.Call(_image, input), input, OnnxResampling.Linear));
        return onnx.Call(_project, onnx.Graph.Concat(1, [.. parts]));
    }

    private static Sequential Branch(Conv2d convolution, long outputs) => nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU());
}
