using IMDD.Learning.Onnx.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests.Topologies;

/// <summary>A block of CLIP's text encoder (Radford et al. 2021, section 2.4): causal attention, quick GELU.</summary>
internal sealed class TextBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly LayerNorm _before;
    private readonly Linear _projections;
    private readonly Linear _joined;
    private readonly LayerNorm _between;
    private readonly Linear _widen;
    private readonly Linear _narrow;
    private readonly long _heads;
    private readonly int _length;

    public TextBlock(long width, long heads, int length)
        : base(nameof(TextBlock))
    {
        _before = nn.LayerNorm(width);
        _projections = nn.Linear(width, width * 3);
        _joined = nn.Linear(width, width);
        _between = nn.LayerNorm(width);
        _widen = nn.Linear(width, width * 4);
        _narrow = nn.Linear(width * 4, width);
        _heads = heads;
        _length = length;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var (batch, length, width) = (input.shape[0], input.shape[1], input.shape[2]);
        var parts = _projections.call(_before.call(input)).chunk(3, -1)
            .Select(part => part.reshape(batch, length, _heads, width / _heads).transpose(1, 2)).ToArray();
        var attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
        var value = input + _joined.call(attended.transpose(1, 2).reshape(batch, length, width));
        var wide = _widen.call(_between.call(value));
        return value + _narrow.call(wide * sigmoid(wide * 1.702));
    }

    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var parts = graph.Split(onnx.Call(_projections, onnx.Call(_before, input)), -1, 3);
        var attended = onnx.Attention(parts[0], parts[1], parts[2], _heads, graph.CausalBias(_length));
        var value = graph.Add(input, onnx.Call(_joined, attended));
        var wide = onnx.Call(_widen, onnx.Call(_between, value));
        return graph.Add(value, onnx.Call(_narrow, graph.Mul(wide, graph.Sigmoid(graph.Mul(wide, graph.Scalar(1.702f))))));
    }
}
