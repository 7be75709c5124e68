using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IMDD.Learning.Networks.Blocks;

/// <summary>
/// Multi-head self-attention over the cells of a map, around which the map is added (Vaswani et al. 2017, section 3.2; over maps Wang et al. 2018). No cell
/// knows where it is: what it gathers from are cells that look alike. Of a large map it gathers from a grid of cells, so that time and memory grow with the map and
/// not with its square.
/// </summary>
public sealed class MapAttention : Module<Tensor, Tensor>, IOnnxExportable
{
    /// <summary>Heads, of a quarter of the width each.</summary>
    public const int Heads = 4;

    /// <summary>From at most this many rows and columns is gathered: all of those of a picture of 512 pixels at stride 32, of 256 where it is looked at at twice its size.</summary>
    public const int MostSide = 16;

    private readonly TorchSharp.Modules.Conv2d _projections;
    private readonly TorchSharp.Modules.Conv2d _joined;
    private readonly int _width;

    /// <summary>Makes the block, which starts as the identity: a trained network may be given one.</summary>
    /// <param name="channels">Of the map.</param>
    /// <param name="width">Numbers by which cells are compared, and numbers that are gathered; a multiple of <see cref="Heads"/>.</param>
    public MapAttention(int channels, int width)
        : base(nameof(MapAttention))
    {
        _width = width;
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
        var (batch, height, columns) = (projected.shape[0], projected.shape[2], projected.shape[3]);
        var (query, others) = (projected.narrow(1, 0, _width), projected.narrow(1, _width, 2 * _width));
        var (down, across) = (Step(height), Step(columns));
        var gathered = others.slice(2, down / 2, height, down).slice(3, across / 2, columns, across);
        var attended = functional.scaled_dot_product_attention(Split(query), Split(gathered.narrow(1, 0, _width)), Split(gathered.narrow(1, _width, _width)))
            .transpose(2, 3).reshape(batch, _width, height, columns);
        return input.Plus(_joined.forward(attended)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue ExportOnnx(OnnxModuleScope onnx, OnnxValue input)
    {
        var graph = onnx.Graph;
        var projected = onnx.Call(_projections, input);
        var (query, others) = (graph.Slice(projected, 1, 0, _width), graph.Slice(projected, 1, _width, 3 * _width));
        var sides = graph.Slice(graph.Shape(projected), 0, 2, 4);
        var steps = graph.Div(graph.Add(sides, graph.Vector(MostSide - 1)), graph.Vector(MostSide));

        // Symbols for one such block in a network: each stands for one number in all of a graph.
        var gathered = graph.Sample(
            others, [2, 3], graph.Div(steps, graph.Vector(2)), steps, [OnnxDimension.Symbolic("gathered_rows"), OnnxDimension.Symbolic("gathered_columns")]);
        var attended = onnx.Attention(
            Cells(query, "positions"), Cells(graph.Slice(gathered, 1, 0, _width), "gathered"), Cells(graph.Slice(gathered, 1, _width, 2 * _width), "gathered"), Heads);
        return graph.Add(input, onnx.Call(_joined, graph.ReshapeLike(graph.Transpose(attended, 0, 2, 1), query)));

        OnnxValue Cells(OnnxValue map, string count) => graph.Transpose(graph.FlattenFrom(map, 2, OnnxDimension.Symbolic(count)), 0, 2, 1);
    }

    private static long Step(long side) => (side + MostSide - 1) / MostSide;

    private Tensor Split(Tensor map) => map.reshape(map.shape[0], Heads, _width / Heads, -1).transpose(2, 3);
}
