using IMDD.Learning.Onnx.Graph;
using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>
/// One score for a map: the mean of its largest values, wherever they lie. One wild cell is no defect, and a thin line, unlike under a square window, counts
/// whole. The number taken grows with the map's sides: a large map has more chances of a high value.
/// </summary>
public static class PeakMean
{
    private const int SidesPerPeak = 24;

    /// <summary>What the score is, for people.</summary>
    public const string Description = "mean of the (height + width + 12) / 24 largest cells";

    /// <summary>How many of the largest cells count: a twelfth of the mean side, rounded, at least one.</summary>
    /// <param name="height">Cells.</param>
    /// <param name="width">Cells.</param>
    public static long Count(long height, long width) => Math.Max(1, (height + width + SidesPerPeak / 2) / SidesPerPeak);

    /// <summary>The scores <c>[B]</c> of maps <c>[B, h, w]</c>.</summary>
    public static Tensor Of(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var count = Count(maps.shape[1], maps.shape[2]);
        var (largest, _) = maps.flatten(1).topk((int)count, 1);
        return largest.mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>The same in a graph.</summary>
    public static OnnxValue Export(OnnxGraphBuilder graph, OnnxValue maps)
    {
        // In whole numbers: in 16 bits a root of many cells would leave the range.
        var shape = graph.Shape(maps);
        var sides = graph.Add(graph.Slice(shape, 0, 1, 2), graph.Slice(shape, 0, 2, 3));
        var count = graph.Max(graph.Div(graph.Add(sides, graph.Vector(SidesPerPeak / 2)), graph.Vector(SidesPerPeak)), graph.Vector(1));
        var cells = graph.FlattenFrom(maps, 1, OnnxDimension.Symbolic("all_cells"));
        var (largest, _) = graph.TopK(cells, count, OnnxDimension.Symbolic("peaks"), axis: 1);
        return graph.Squeeze(graph.ReduceMean(largest, 1), 1);
    }
}
