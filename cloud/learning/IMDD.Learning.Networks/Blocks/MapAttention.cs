using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// Multi-head self-attention over the cells of a map, around which the map is added (Vaswani et al. 2017, section 3.2; over maps Wang et al. 2018). No cell
/// knows where it is: what it gathers from are cells that look alike, however many there are.
/// </summary>
public sealed class MapAttention : Module<Tensor, Tensor>, IOnnxExportable
{
    /// <summary>Heads, of a quarter of the width each.</summary>
    public const int Heads = 4;

    private readonly TorchSharp.Modules.Conv2d _projections;
    private readonly TorchSharp.Modules.Conv2d _joined;

    /// <summary>Makes the block, which starts as the identity: a trained network may be given one.</summary>
    /// <param name="channels">Of the map.</param>
    /// <param name="width">Numbers by which cells are compared, and numbers that are gathered; a multiple of <see cref="Heads"/>.</param>
    public MapAttention(int channels, int width)
        : base(nameof(MapAttention))
    {
        _projections = Conv2d(channels, 3 * width, kernel_size: 1, bias: false);
        _joined = Conv2d(width, channels, kernel_size: 1, bias: false);
        RegisterComponents();
        init.zeros_(_joined.weight);
    }

    /// <summary><c>[B, C, H, W]</c> to the same.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var projected = _projections.forward(input);
        var heads = projected.reshape(projected.shape[0], 3, Heads, projected.shape[1] / 3 / Heads, -1).transpose(3, 4).unbind(1);
        var attended = functional.scaled_dot_product_attention(heads[0], heads[1], heads[2]).transpose(2, 3).reshape(projected.shape[0], -1, projected.shape[2], projected.shape[3]);
        return input.Plus(_joined.forward(attended)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var width = _joined.weight.shape[1];
        var projected = onnx.Call(_projections, input);
        var cells = graph.Transpose(graph.FlattenFrom(projected, 2, OnnxDimension.Symbolic("positions")), 0, 2, 1);
        var attended = onnx.Attention(Third(0), Third(1), Third(2), Heads);
        var map = graph.ReshapeLike(graph.Transpose(attended, 0, 2, 1), graph.Slice(projected, 1, 0, width));
        return graph.Add(input, onnx.Call(_joined, map));

        OnnxValue Third(int index) => graph.Slice(cells, 2, index * width, (index + 1) * width);
    }
}
