using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Tests.Precision;

public sealed class Float16ConversionTests
{
    private readonly OnnxGraphBuilder _graph = new("test");
    private readonly OnnxValue _x;

    public Float16ConversionTests() => _x = _graph.Input("x", OnnxElementType.Float, [OnnxDimension.Symbolic("B"), 4]);

    [Fact]
    public void Convert_Chain_ComputesInSixteenBitsBetweenCasts()
    {
        var (model, report) = Convert(_graph.Relu(_graph.Relu(_graph.Add(_graph.Mul(_x, Row(1, 2, 3, 2049)), Row(0.5f, 0, 0, 0)))));

        report.ConvertedNodes.ShouldBe(3);
        report.KeptNodes.ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["Relu"] = 1 });
        report.Casts.ShouldBe(2);
        model.WeightBytes.ShouldBe(2 * 4 * 2);

        // A step of 16 bits near 2049 is 2. On a CPU the runtime computes in 32 bits between its own casts, so weights are what can be seen.
        Run(model, 1, -1, 1, 1).ShouldBe([1.5f, 0, 3, 2048]);
    }

    [Fact]
    public void Convert_OperatorOfTheBlockList_StaysInThirtyTwoBits()
    {
        var (model, report) = Convert(_graph.Mul(_graph.Softmax(_graph.Mul(_x, Row(1, 1, 1, 1)), -1), Row(1, 1, 1, 1)));

        report.KeptNodes["Softmax"].ShouldBe(1);
        model.CountOperators()["Cast"].ShouldBe(report.Casts);
        Run(model, 20, 20, 0, 0).ShouldBe([0.5f, 0.5f, 0, 0], 1e-6);
    }

    [Fact]
    public void Convert_ConstantBeyondTheRange_KeepsItsNode()
    {
        var (model, report) = Convert(_graph.Relu(_graph.Mul(_graph.Add(_x, Row(-1e30f, 0, 0, 0)), Row(1, 1, 1, 1))));

        report.OutOfRangeNodes.ShouldBe(["Add"]);
        Run(model, 1, 1, 1, 1).ShouldBe([0, 1, 1, 1]);
    }

    [Fact]
    public void Convert_SmallWeights_AreCounted()
    {
        var (_, report) = Convert(_graph.Relu(_graph.Mul(_x, Row(1e-9f, 1e-6f, 0, 1))));

        report.ZeroedWeights.ShouldBe(1);
        report.SubnormalWeights.ShouldBe(2);
    }

    [Fact]
    public void Convert_BoundThatGuardsADivision_IsNotZero()
    {
        var (model, report) = Convert(_graph.Relu(_graph.NormalizeL2(_x, 1, 1e-12f)));

        Run(model, 0, 0, 0, 0).ShouldBe([0, 0, 0, 0]);
        Run(model, 3, 4, 0, 0).ShouldBe([0.6f, 0.8f, 0, 0], 1e-3);
        report.KeptNodes.Keys.ShouldNotContain("Div");
        report.ZeroedWeights.ShouldBe(0);
    }

    [Fact]
    public void Convert_NamedPart_StaysInThirtyTwoBits()
    {
        OnnxValue inner;
        using (_graph.Scope("head"))
        {
            inner = _graph.Mul(_x, Row(2049, 1, 1, 1));
        }

        var (model, report) = Convert(_graph.Relu(inner), new Float16Options { KeepNames = ["head/"] });

        report.KeptNodes["Mul"].ShouldBe(1);
        Run(model, 1, 0, 0, 0)[0].ShouldBe(2049);
    }

    [Fact]
    public void Convert_SharedWeightOfBothPrecisions_IsKeptInBoth()
    {
        var shared = Row(1, 2, 3, 4);
        var (model, _) = Convert(_graph.Add(_graph.Mul(_graph.Neg(_x), shared), shared));

        model.WeightBytes.ShouldBe((4 * 4) + (4 * 2));
        Run(model, 1, 1, 1, 1).ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void Convert_ModelThatHasHalves_IsRefused()
    {
        var half = _graph.Cast(_x, OnnxElementType.Float16);
        var twice = _graph.Cast(_graph.Add(half, half), OnnxElementType.Float);

        Should.Throw<OnnxGraphException>(() => Convert(twice)).Message.ShouldContain("16-bit floats already, such as Cast Float16 [B, 4]");
    }

    private static float[] Run(OnnxModel model, params float[] input)
    {
        using OnnxRunner runner = new(model);
        return runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>(input, 1, 4) })["y"].ToSingles();
    }

    private OnnxValue Row(params float[] values) => _graph.Constant("row", values, 4);

    private (OnnxModel Model, Float16Report Report) Convert(OnnxValue output, Float16Options? options = null)
    {
        _graph.Output("y", output);
        return Float16Conversion.Convert(_graph.ToModel(new OnnxModelInfo("test", "1", "")), options);
    }
}
