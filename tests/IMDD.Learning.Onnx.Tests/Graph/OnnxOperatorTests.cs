using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Tests.Graph;

/// <summary>Every operator as ONNX Runtime computes it, against what it is said to compute.</summary>
public sealed class OnnxOperatorTests
{
    private static readonly OnnxDimension B = OnnxDimension.Symbolic("B");
    private static readonly OnnxDimension H = OnnxDimension.Symbolic("H", 4);
    private static readonly OnnxDimension W = OnnxDimension.Symbolic("W", 4);
    private static readonly OnnxShape Map = [B, 2, H, W];
    private static readonly long[] MapShape = [1, 2, 4, 8];
    private static readonly float[] MapValues = Values(64);

    [Fact]
    public void Add_ChannelsBroadcast_AddsToEveryElement()
        => OnMap((graph, x) => graph.Add(x, graph.Constant("c", [1f, 10f], 1, 2, 1, 1)), (channel, y, x) => At(channel, y, x) + (channel == 0 ? 1 : 10));

    [Fact]
    public void SubMulDivMax_Scalars_ComputeInTurn()
        => OnMap(
            (graph, x) => graph.Max(graph.Div(graph.Mul(graph.Sub(x, graph.Scalar(3)), graph.Scalar(2)), graph.Scalar(4)), graph.Scalar(0)),
            (channel, y, x) => Math.Max((At(channel, y, x) - 3) * 2 / 4, 0));

    [Fact]
    public void AbsSqrt_Values_AreRootsOfMagnitudes()
        => OnMap((graph, x) => graph.Sqrt(graph.Abs(x)), (channel, y, x) => MathF.Sqrt(MathF.Abs(At(channel, y, x))));

    [Fact]
    public void Sigmoid_Values_AreLogistic()
        => OnMap((graph, x) => graph.Sigmoid(x), (channel, y, x) => 1 / (1 + MathF.Exp(-At(channel, y, x))));

    [Fact]
    public void Cast_ThroughIntegers_DropsFractions()
        => OnMap(
            (graph, x) => graph.Cast(graph.Cast(x, OnnxElementType.Int32), OnnxElementType.Float), (channel, y, x) => MathF.Truncate(At(channel, y, x)));

    [Fact]
    public void AveragePool_Squares_AreTheirMeans()
        => OnMap((graph, x) => graph.AveragePool(x, 2), (channel, y, x) => Square(channel, y * 2, x * 2, 2).Average(), 2, 4);

    [Fact]
    public void MaxPool_Squares_AreTheirLargest()
        => OnMap((graph, x) => graph.MaxPool(x, 4), (channel, y, x) => Square(channel, y * 4, x * 4, 4).Max(), 1, 2);

    [Fact]
    public void BoxBlur_AtTheEdge_AveragesWhatIsThere()
        => OnMap((graph, x) => graph.BoxBlur(x, 3), (channel, y, x) => Square(channel, y - 1, x - 1, 3).Average());

    [Fact]
    public void UpsampleLinear_Twice_InterpolatesBetweenCentres()
        => OnMap((graph, x) => graph.UpsampleLinear(x, 2), (channel, y, x) => Bilinear(channel, ((y + 0.5f) / 2) - 0.5f, ((x + 0.5f) / 2) - 0.5f), 8, 16);

    [Fact]
    public void Conv_KernelOfItsStride_WeighsBlocks()
    {
        float[] weights = [1, 2, 3, 4, -1, 0.5f, 0, 2];
        OnMap(
            (graph, x) => graph.Conv(x, graph.Constant("w", weights, 1, 2, 2, 2), (2, 2)),
            (_, y, x) => Enumerable.Range(0, 8).Sum(tap => weights[tap] * At(tap / 4, (y * 2) + (tap / 2 % 2), (x * 2) + (tap % 2))),
            2,
            4,
            channels: 1);
    }

    [Fact]
    public void Reduce_OverSpace_KeepsChannels()
    {
        OnMap((graph, x) => graph.ReduceMean(x, 2, 3), (channel, _, _) => Square(channel, 0, 0, 8).Average(), 1, 1);
        OnMap((graph, x) => graph.ReduceMax(x, -2, -1), (channel, _, _) => Square(channel, 0, 0, 8).Max(), 1, 1);
    }

    [Fact]
    public void TopK_FlattenedMap_SortsEachChannel()
    {
        var (values, shape) = GraphRunner.Run(Map, MapShape, MapValues, (graph, x) =>
            graph.TopK(graph.FlattenFrom(x, 2, OnnxDimension.Symbolic("N")), graph.Vector(3), 3).Values);

        shape.ShouldBe([1, 2, 3]);
        values.ShouldBe([.. MapValues[..32].OrderDescending().Take(3), .. MapValues[32..].OrderDescending().Take(3)]);
    }

    [Fact]
    public void TopK_AcrossChannels_TakesTheFirstOfEqualOnes()
    {
        // Channels 0 and 2 are equal everywhere, channel 1 is less.
        var (indices, shape) = GraphRunner.Run(Map, MapShape, MapValues, (graph, x) =>
        {
            var one = graph.Slice(x, 1, 0, 1);
            var three = graph.Concat(1, one, graph.Sub(one, graph.Scalar(1)), one);
            return graph.Cast(graph.TopK(three, graph.Vector(2), 2, axis: 1).Indices, OnnxElementType.Float);
        });

        shape[1].ShouldBe(2);
        indices[..(indices.Length / 2)].ShouldAllBe(index => index == 0);
        indices[(indices.Length / 2)..].ShouldAllBe(index => index == 2);
    }

    [Fact]
    public void Sample_StepsOfItsOwnAlongEachAxis_TakesEverySoManyth()
    {
        // Rows 1 and 3 of four, columns 0, 3 and 6 of eight.
        var (values, shape) = GraphRunner.Run(Map, MapShape, MapValues, (graph, x) => graph.Sample(x, [2, -1], graph.Vector(1, 0), graph.Vector(2, 3), [2, 3]));

        shape.ShouldBe([1, 2, 2, 3]);
        values.ShouldBe([.. from channel in Enumerable.Range(0, 2) from y in (int[])[1, 3] from x in (int[])[0, 3, 6] select MapValues[(channel * 32) + (y * 8) + x]]);
    }

    [Fact]
    public void GatherShapeConcatSqueeze_Together_PickAndJoin()
    {
        var (values, shape) = GraphRunner.Run(Map, MapShape, MapValues, (graph, x) =>
        {
            var lengths = graph.Cast(graph.Gather(graph.Shape(x), graph.Vector(3, 2), 0), OnnxElementType.Float);
            var row = graph.Gather(graph.Gather(graph.Squeeze(graph.ReduceMax(x, 0), 0), graph.Vector(1), 0), graph.Vector(0), 1);
            return graph.Concat(0, lengths, graph.Squeeze(graph.ReduceMax(row, 2), 1, 2));
        });

        shape.ShouldBe([3]);
        values.ShouldBe([8, 4, MapValues[32..40].Max()]);
    }

    [Fact]
    public void ArgMaxExpandUnsqueeze_Together_SpreadAnIndex()
    {
        var (values, shape) = GraphRunner.Run([OnnxDimension.Symbolic("K"), 1], [4, 1], [1, 7, 7, 3], (graph, x) =>
            graph.ExpandLike(graph.Unsqueeze(graph.Cast(graph.ArgMax(x, 0), OnnxElementType.Float), 2), graph.Constant("like", new float[6], 1, 2, 3)));

        shape.ShouldBe([1, 2, 3]);
        values.ShouldAllBe(value => value == 1);
    }

    [Fact]
    public void Reshape_ToSymbolsOfTheValueOrOneOfItsOwn_KeepsTheElements()
    {
        (OnnxShape Target, long[] Expected)[] cases =
        [
            ([B, H.Times(W).Times(2)], [1, 64]),
            ([B, W.Times(H), 2], [1, 32, 2]),
            ([B, 2, OnnxDimension.Symbolic("cells")], [1, 2, 32]),
            ([B, H, 2, W], [1, 4, 2, 8]),
            ([W, B, 2, H], [8, 1, 2, 4]),
        ];
        foreach (var (target, expected) in cases)
        {
            var (values, shape) = GraphRunner.Run(Map, MapShape, MapValues, (graph, x) => graph.Reshape(x, target));

            shape.ShouldBe(expected);
            values.ShouldBe(MapValues);
        }
    }

    [Theory]
    [InlineData(-5, long.MaxValue, 3)]
    [InlineData(-5, 2, 2)]
    [InlineData(1, 10, 2)]
    [InlineData(-2, -1, 1)]
    public void Slice_BeyondAKnownLength_TakesWhatIsThere(long start, long end, long expected)
    {
        var (_, shape) = GraphRunner.Run([3], [3], [1, 2, 3], (graph, x) =>
        {
            var sliced = graph.Slice(x, 0, start, end);
            sliced.Shape[0].Value.ShouldBe(expected);
            return sliced;
        });

        shape.ShouldBe([expected]);
    }

    /// <summary>What bounds and fills halves are halves: a runtime takes no others.</summary>
    [Fact]
    public void ClipAndPad_OfHalves_Compute()
    {
        OnnxGraphBuilder graph = new("halves");
        var x = graph.Input("x", OnnxElementType.Float16, [B, 4]);
        graph.Output("y", graph.Pad(graph.Clip(x, 0, 6), [(0, 0), (1, 0)], fill: 3));
        using OnnxRunner runner = new(graph.ToModel(new OnnxModelInfo("test", "1", "")));
        var input = OnnxTensor.Of<float>([-1, 2, 7, 0.5f], 1, 4).Cast(OnnxElementType.Float16);

        var y = runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = input })["y"];

        y.Type.ShouldBe(OnnxElementType.Float16);
        y.ToSingles().ShouldBe([3, 0, 2, 6, 0.5f]);
    }

    private static float[] Values(int count)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 10) - 5)];
    }

    private static float At(int channel, int y, int x) => MapValues[(((channel * 4) + y) * 8) + x];

    private static IEnumerable<float> Square(int channel, int top, int left, int size)
        => from y in Enumerable.Range(top, size)
           from x in Enumerable.Range(left, size)
           where y is >= 0 and < 4 && x is >= 0 and < 8
           select At(channel, y, x);

    private static float Bilinear(int channel, float y, float x)
    {
        (y, x) = (Math.Clamp(y, 0, 3), Math.Clamp(x, 0, 7));
        var (top, left) = ((int)y, (int)x);
        var (bottom, right) = (Math.Min(top + 1, 3), Math.Min(left + 1, 7));
        var upper = float.Lerp(At(channel, top, left), At(channel, top, right), x - left);
        return float.Lerp(upper, float.Lerp(At(channel, bottom, left), At(channel, bottom, right), x - left), y - top);
    }

    private static void OnMap(
        Func<OnnxGraphBuilder, OnnxValue, OnnxValue> body, Func<int, int, int, float> expected, int height = 4, int width = 8, int channels = 2)
    {
        var (values, shape) = GraphRunner.Run(Map, MapShape, MapValues, body);

        shape.ShouldBe([1, channels, height, width]);
        for (var index = 0; index < values.Length; index++)
        {
            values[index].ShouldBe(expected(index / (height * width), index / width % height, index % width), 1e-5f, $"element {index}");
        }
    }
}
