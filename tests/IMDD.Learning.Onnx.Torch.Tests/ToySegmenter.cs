using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>A small convolutional encoder and decoder with residual blocks; input <c>[B, 3, H, W]</c>, output probabilities at half the size.</summary>
internal sealed class ToySegmenter : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Sequential _stem;
    private readonly Sequential _down;
    private readonly ModuleList<Topologies.BasicBlock> _blocks = [];
    private readonly Upsample _upsample = nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: false);
    private readonly Sequential _merge;
    private readonly Conv2d _head;

    public ToySegmenter(long width)
        : base(nameof(ToySegmenter))
    {
        _stem = nn.Sequential(nn.Conv2d(3, width, 3, 2, 1, bias: false), nn.BatchNorm2d(width), nn.ReLU());
        _down = nn.Sequential(nn.Conv2d(width, width * 2, 3, 2, 1, bias: false), nn.BatchNorm2d(width * 2), nn.ReLU());
        _blocks.Add(new Topologies.BasicBlock(width * 2, width * 2, 1));
        _blocks.Add(new Topologies.BasicBlock(width * 2, width * 2, 1));
        _merge = nn.Sequential(nn.Conv2d(width * 3, width, 3, padding: 1, bias: false), nn.BatchNorm2d(width), nn.ReLU());
        _head = nn.Conv2d(width, 1, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var fine = _stem.call(input);
        var coarse = _blocks.Aggregate(_down.call(fine), (value, block) => block.call(value));
        return sigmoid(_head.call(_merge.call(cat([fine, _upsample.call(coarse)], 1))));
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var fine = onnx.Call(_stem, input);
        var coarse = _blocks.Aggregate(onnx.Call(_down, fine), (value, block) => onnx.Call(block, value));
        var merged = onnx.Call(_merge, onnx.Graph.Concat(1, fine, onnx.Call(_upsample, coarse)));
        return onnx.Graph.Sigmoid(onnx.Call(_head, merged));
    }
}
