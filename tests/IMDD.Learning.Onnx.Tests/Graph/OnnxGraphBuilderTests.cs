using IMDD.Learning.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Learning.Onnx.Tests.Graph;

public sealed class OnnxGraphBuilderTests
{
    private static readonly OnnxDimension H = OnnxDimension.Symbolic("H", 8);
    private readonly OnnxGraphBuilder _graph = new("test");

    [Fact]
    public void Build_Model_LoadsWithItsNamesTypesAndSymbols()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [OnnxDimension.Symbolic("B"), 3, H, H]);
        using (_graph.Scope("outer"))
        using (_graph.Scope("inner"))
        {
            var pooled = _graph.AveragePool(x, 2);
            pooled.Name.ShouldBe("outer/inner/AveragePool");
            _graph.Output("y", pooled);
        }

        using InferenceSession session = new(_graph.Build("maker", "2", "what it is"));

        session.ModelMetadata.ProducerName.ShouldBe("maker");
        session.ModelMetadata.GraphName.ShouldBe("test");
        session.InputMetadata["x"].SymbolicDimensions.ShouldBe(["B", "", "H", "H"]);
        session.OutputMetadata["y"].Dimensions.ShouldBe([-1, 3, -1, -1]);
        session.OutputMetadata["y"].SymbolicDimensions.ShouldBe(["B", "", "H/2", "H/2"]);
    }

    [Fact]
    public void Build_SameCalls_SameBytes() => Build().ShouldBe(Build());

    [Fact]
    public void Output_InputConstantOrSameValueTwice_GetNodesOfTheirOwn()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [2]);
        var sum = _graph.Add(x, _graph.Scalar(1));
        _graph.Output("same", x);
        _graph.Output("one", sum);
        _graph.Output("two", sum);
        _graph.Output("fixed", _graph.Constant("c", [5f], 1));
        using InferenceSession session = new(_graph.Build("test", "1", ""));
        using var value = OrtValue.CreateTensorValueFromMemory(new[] { 3f, 4f }, [2]);
        using RunOptions run = new();

        using var outputs = session.Run(run, ["x"], [value], ["same", "one", "two", "fixed"]);

        outputs.Select(output => output.GetTensorDataAsSpan<float>().ToArray())
            .ShouldBe([new[] { 3f, 4f }, [4f, 5f], [4f, 5f], [5f]]);
    }

    [Fact]
    public void Build_NoOutputs_IsAnError()
        => Should.Throw<OnnxGraphException>(() => _graph.Build("test", "1", "")).Message.ShouldContain("no outputs");

    [Fact]
    public void Input_NameTaken_IsAnError()
    {
        _graph.Input("x", OnnxElementType.Float, [1]);

        Should.Throw<OnnxGraphException>(() => _graph.Input("x", OnnxElementType.Float, [1])).Message.ShouldContain("'x' is taken");
    }

    [Fact]
    public void Constant_ShapeOfOtherSize_IsAnError()
        => Should.Throw<OnnxGraphException>(() => _graph.Constant("c", [1f, 2f], 3)).Message.ShouldContain("has 2 values; its shape holds 3");

    [Fact]
    public void Add_ValueOfAnotherGraph_IsAnError()
    {
        var other = new OnnxGraphBuilder("other").Input("x", OnnxElementType.Float, [1]);

        Should.Throw<OnnxGraphException>(() => _graph.Abs(other)).Message.ShouldContain("of another graph");
    }

    [Fact]
    public void Add_ShapesThatDoNotBroadcast_NamesBoth()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [H, 3]);
        var y = _graph.Input("y", OnnxElementType.Float, [OnnxDimension.Symbolic("W"), 3]);

        Should.Throw<OnnxGraphException>(() => _graph.Add(x, y)).Message.ShouldContain("H against W");
    }

    [Fact]
    public void Mul_OfTwoTypes_IsAnError()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [3]);

        Should.Throw<OnnxGraphException>(() => _graph.Mul(x, _graph.Vector(1, 2, 3))).Message.ShouldContain("expected one type");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    public void AveragePool_SizeThatMayLeaveARest_IsAnError(int size)
    {
        var x = _graph.Input("x", OnnxElementType.Float, [1, 1, H, H]);

        Should.Throw<OnnxGraphException>(() => _graph.AveragePool(x, size)).Message.ShouldContain($"H is not known to be a multiple of {size}");
    }

    [Fact]
    public void AveragePool_RepeatedBeyondWhatIsKnown_IsAnError()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [1, 1, H, H]);
        var quarter = _graph.AveragePool(x, 4);

        _graph.AveragePool(quarter, 2).Shape[2].ToString().ShouldBe("H/8");
        Should.Throw<OnnxGraphException>(() => _graph.AveragePool(quarter, 4)).Message.ShouldContain("H/4");
    }

    [Fact]
    public void Operators_WrongRankAxisOrKernel_AreErrors()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [2, 3]);
        var map = _graph.Input("map", OnnxElementType.Float, [1, 2, H, H]);

        Should.Throw<OnnxGraphException>(() => _graph.MaxPool(x, 2)).Message.ShouldContain("expected 4 dimensions");
        Should.Throw<OnnxGraphException>(() => _graph.ReduceMax(x, 2)).Message.ShouldContain("axis 2");
        Should.Throw<OnnxGraphException>(() => _graph.Squeeze(x, 0)).Message.ShouldContain("one of length 1");
        Should.Throw<OnnxGraphException>(() => _graph.Unsqueeze(x, 2, 0)).Message.ShouldContain("axis 0 of x Float [2, 3]; expected rising axes");
        Should.Throw<OnnxGraphException>(() => _graph.BoxBlur(map, 4)).Message.ShouldContain("no centre");
        Should.Throw<OnnxGraphException>(() => _graph.Sigmoid(_graph.Vector(1))).Message.ShouldContain("expected Float");
        Should.Throw<OnnxGraphException>(() => _graph.Conv(map, _graph.Constant("w", new float[4], 1, 1, 2, 2), (2, 2))).Message.ShouldContain("2 channels");
        Should.Throw<OnnxGraphException>(() => _graph.Concat(0, x, map)).Message.ShouldContain("Concat along 0");
    }

    [Fact]
    public void Reshape_AnotherNumberOfElements_NamesBothShapes()
    {
        var (b, w) = (OnnxDimension.Symbolic("B"), OnnxDimension.Symbolic("W"));
        (OnnxShape From, OnnxShape To)[] pairs =
        [
            ([b, H, 4], [b, 4]),
            ([b, H.Times(2)], [b, H]),
            ([b, H.Plus(1)], [b, H.Plus(-1)]),
            ([b, H, w], [b, w]),
            ([b, H, w, 6], [w, b, H, 4]),
        ];
        foreach (var (from, to) in pairs)
        {
            var x = _graph.Input($"{from}", OnnxElementType.Float, from);

            Should.Throw<OnnxGraphException>(() => _graph.Reshape(x, to)).Message.ShouldContain($"{from} to {to}");
        }

        var map = _graph.Input("map", OnnxElementType.Float, [b, 2, H, w]);
        var flat = _graph.Input("flat", OnnxElementType.Float, [b, 4, H.Times(w)]);
        Should.Throw<OnnxGraphException>(() => _graph.ReshapeLike(flat, map)).Message.ShouldContain("[B, 4, H*W] to [B, 2, H, W]");
        Should.Throw<OnnxGraphException>(() => _graph.FlattenFrom(map, 2, H)).Message.ShouldContain("[B, 2, H, W] to [B, 2, H]");
    }

    [Fact]
    public void Scope_LeftOutOfOrder_IsAnError()
    {
        var outer = _graph.Scope("outer");
        _graph.Scope("inner");

        Should.Throw<OnnxGraphException>(outer.Dispose).Message.ShouldContain("order");
    }

    private static byte[] Build()
    {
        OnnxGraphBuilder graph = new("test");
        var x = graph.Input("x", OnnxElementType.Float, [1, 2, H, H]);
        graph.Output("y", graph.UpsampleLinear(graph.BoxBlur(graph.AveragePool(x, 2), 3), 2));
        return graph.Build("test", "1", "");
    }
}
