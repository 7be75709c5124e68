using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>A dense block and its transition (Huang et al. 2017, figures 1 and 2): normalisation before convolution, so it cannot be folded.</summary>
internal sealed class DenseBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly ModuleList<Sequential> _layers = [];
    private readonly Sequential _transition;

    public DenseBlock(long channels, long growth, int layers)
        : base(nameof(DenseBlock))
    {
        for (var layer = 0; layer < layers; layer++)
        {
            var width = channels + (growth * layer);
            _layers.Add(nn.Sequential(
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, growth * 4, 1, bias: false),
                nn.BatchNorm2d(growth * 4),
                nn.ReLU(),
                nn.Conv2d(growth * 4, growth, 3, padding: 1, bias: false)));
        }

        var all = channels + (growth * layers);
        _transition = nn.Sequential(nn.BatchNorm2d(all), nn.ReLU(), nn.Conv2d(all, all / 2, 1, bias: false), nn.AvgPool2d(2));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
        => _transition.call(_layers.Aggregate(input, (value, layer) => cat([value, layer.call(value)], 1)));

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
        => onnx.Call(_transition, _layers.Aggregate(input, (value, layer) => onnx.Graph.Concat(1, value, onnx.Call(layer, value))));
}
