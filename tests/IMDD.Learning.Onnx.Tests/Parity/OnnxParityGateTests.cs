using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Testing;

namespace IMDD.Learning.Onnx.Tests.Parity;

public sealed class OnnxParityGateTests
{
    [Fact]
    public void Check_Equal_Passes()
    {
        var report = OnnxParityGate.Check(Model(), [Probe([1, -2], [1, -2])]);

        report.Passed.ShouldBeTrue();
        report.LargestError.ShouldBe(0);
    }

    [Theory]
    [InlineData(1f, 1.00009f, true)]
    [InlineData(1f, 1.00012f, false)]
    [InlineData(0f, 0.00012f, false)]
    [InlineData(5000f, 5000.4f, true)]
    [InlineData(5000f, 5000.6f, false)]
    [InlineData(1f, float.NaN, false)]
    [InlineData(1f, float.PositiveInfinity, false)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, true)]
    [InlineData(float.NaN, float.NaN, false)]
    public void Check_Difference_IsRelativeAboveOne(float model, float network, bool passes)
        => OnnxParityGate.Check(Model(), [Probe([model], [network])]).Passed.ShouldBe(passes);

    [Fact]
    public void Require_TooFarOff_NamesOutputProbeAndElement()
    {
        var error = Should.Throw<OnnxParityException>(() => OnnxParityGate.Require(Model(), [Probe([1, 2, 3], [1, 2.5f, 3])]));

        error.Message.ShouldContain("output 'y'");
        error.Message.ShouldContain("probe 'p'");
        error.Message.ShouldContain("at element 1");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.25, true)]
    public void Check_WholeNumbers_MayDifferInAShare(double share, bool passes)
    {
        var probe = Probe([1, 2, 3, 4], [1, 2, 3, 4]) with
        {
            Outputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal)
            {
                ["y"] = OnnxTensor.Of<float>([1, 2, 3, 4], 4),
                ["rounded"] = OnnxTensor.Of<long>([1, 2, 3, 5], 4),
            },
        };

        OnnxParityGate.Check(Model(rounded: true), [probe], new ParityTolerance(DifferingShare: share)).Passed.ShouldBe(passes);
    }

    [Fact]
    public void Check_OutputThatTheModelHasNot_IsAnError()
        => Should.Throw<OnnxGraphException>(() => OnnxParityGate.Check(Model(), [Rounded(3, "p")])).Message.ShouldContain("no output 'rounded'");

    [Theory]
    [InlineData((1L << 24) + 1, 1L << 24)]
    [InlineData(long.MaxValue, long.MaxValue - 1)]
    public void Check_LargeWholeNumbers_AreComparedExactly(long model, long network)
    {
        OnnxGraphBuilder graph = new("whole");
        graph.Output("y", graph.Input("x", OnnxElementType.Int64, [OnnxDimension.Symbolic("N")]));
        OnnxProbe Probe(long output) => new(
            "p",
            new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<long>([model], 1) },
            new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["y"] = OnnxTensor.Of<long>([output], 1) });

        var report = OnnxParityGate.Check(graph.ToModel(new OnnxModelInfo("test", "1", "")), [Probe(network)]);

        report.Passed.ShouldBeFalse();
        report.Results[0].LargestDifference.ShouldBe(1);
        OnnxParityGate.Check(graph.ToModel(new OnnxModelInfo("test", "1", "")), [Probe(model)]).Passed.ShouldBeTrue();
    }

    [Fact]
    public void Cast_WholeNumbers_StayExact()
    {
        OnnxTensor.Of<long>([(1L << 24) + 1, -7], 2).Cast(OnnxElementType.Int32).As<int>().ToArray().ShouldBe([(1 << 24) + 1, -7]);
        OnnxTensor.Of<int>([(1 << 24) + 1], 1).Cast(OnnxElementType.Int64).As<long>().ToArray().ShouldBe([(1L << 24) + 1]);
        OnnxTensor.Of<byte>([200], 1).Cast(OnnxElementType.Bool).As<bool>().ToArray().ShouldBe([true]);
    }

    [Fact]
    public void Check_OtherShapeOrNoProbes_IsAnError()
    {
        var probe = Probe([1, 2], [1, 2, 3]);

        Should.Throw<OnnxGraphException>(() => OnnxParityGate.Check(Model(), [probe])).Message.ShouldContain("Float [2]; probe 'p' has Float [3]");
        Should.Throw<OnnxGraphException>(() => OnnxParityGate.Check(Model(), [])).Message.ShouldContain("no probes");
    }

    /// <summary>Two elements go in, four come out.</summary>
    [Theory]
    [InlineData("[N]", false)]
    [InlineData("[2*N]", true)]
    [InlineData("[M]", true)]
    [InlineData("[4]", true)]
    [InlineData("[5]", false)]
    [InlineData("[N/2+3]", true)]
    [InlineData("[(N+2)*N/2]", true)]
    [InlineData("[(N+2)*N]", false)]
    [InlineData("[floor((N+10)/3)]", true)]
    [InlineData("[floor((N+13)/3)]", false)]
    public void Check_ShapeThatIsDeclared_IsComparedWithTheOneThatComesOut(string declared, bool passes)
    {
        var n = OnnxDimension.Symbolic("N", 2);
        OnnxShape[] shapes =
        [
            [n],
            [n.Times(2)],
            [OnnxDimension.Symbolic("M")],
            [4],
            [5],
            [n.DividedBy(2).Plus(3)],
            [n.Plus(2).Times(n).DividedBy(2)],
            [n.Plus(2).Times(n)],
            [n.Plus(10).FloorDividedBy(3)],
            [n.Plus(13).FloorDividedBy(3)],
        ];

        var report = OnnxParityGate.Check(Twice(shapes.Single(shape => shape.ToString() == declared)), [Probe([1, -2], [1, -2, 1, -2])]);

        report.Passed.ShouldBe(passes);
        report.Results.ShouldAllBe(result => result.DeclaredShape == (passes ? null : declared));
    }

    [Fact]
    public void Require_OutputOfAnotherShapeThanDeclared_NamesBothWhereverTheModelIs()
    {
        using TestDirectory folder = new();
        var model = Twice([OnnxDimension.Symbolic("N")]);
        var path = model.Save(folder.File("model.onnx"))[0];
        var probe = Probe([1, -2], [1, -2, 1, -2]);

        Should.Throw<OnnxParityException>(() => OnnxParityGate.Require(model, [probe])).Message.ShouldContain("output 'y' of probe 'p' is [4], declared is [N]");
        Should.Throw<OnnxParityException>(() => OnnxParityGate.Require(path, [probe])).Message.ShouldContain("output 'y' of probe 'p' is [4], declared is [N]");
        OnnxParityGate.Require(Twice([OnnxDimension.Symbolic("N").Times(2)]).Save(path)[0], [probe]);
    }

    [Fact]
    public void Check_SymbolOfTwoNumbersInOneRun_IsNoticed()
    {
        var (n, m) = (OnnxDimension.Symbolic("N"), OnnxDimension.Symbolic("M"));
        OnnxGraphBuilder graph = new("two");
        var x = graph.Input("x", OnnxElementType.Float, [n]);
        graph.Output("y", graph.Node("Neg", [x], x.Type, [m]));
        graph.Output("twice", graph.Node("Concat", [x, x], x.Type, [m], OnnxAttribute.Int("axis", 0)));
        var probe = Probe([1, -2], [-1, 2]) with
        {
            Outputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal)
            {
                ["y"] = OnnxTensor.Of<float>([-1, 2], 2),
                ["twice"] = OnnxTensor.Of<float>([1, -2, 1, -2], 4),
            },
        };

        var report = OnnxParityGate.Check(graph.ToModel(new OnnxModelInfo("test", "1", "")), [probe]);

        report.Results.Where(result => !result.Passed).Select(result => result.Output).Distinct().ShouldBe(["twice"]);
    }

    [Fact]
    public void Check_InputsThatGiveASymbolTwoNumbers_IsAnError()
    {
        var n = OnnxDimension.Symbolic("N");
        OnnxGraphBuilder graph = new("sum");
        graph.Output("y", graph.Add(graph.Input("x", OnnxElementType.Float, [n]), graph.Input("z", OnnxElementType.Float, [n])));
        var probe = Probe([1, -2], [4, 1]) with
        {
            Inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>([1, -2], 2), ["z"] = OnnxTensor.Of<float>([3], 1) },
        };

        Should.Throw<OnnxGraphException>(() => OnnxParityGate.Check(graph.ToModel(new OnnxModelInfo("test", "1", "")), [probe]))
            .Message.ShouldContain("Input 'z' is declared [N]");
    }

    [Fact]
    public void ProbeFile_RoundTrip_KeepsOrderTypesAndNumbers()
    {
        var model = Model(rounded: true);
        IReadOnlyList<OnnxProbe> probes = [.. Enumerable.Range(0, 12).Select(number => Rounded(number, $"p{12 - number}"))];

        var read = OnnxProbeFile.Read(OnnxProbeFile.Write(probes), model);

        read.Select(probe => probe.Name).ShouldBe(probes.Select(probe => probe.Name));
        read[7].Outputs["rounded"].As<long>().ToArray().ShouldBe([7]);
        OnnxParityGate.Check(model, read).Passed.ShouldBeTrue();
    }

    [Fact]
    public void ProbeFile_NumberThatDoesNotFit_IsAnError()
        => Should.Throw<OnnxGraphException>(() => OnnxProbeFile.Write([Rounded((1L << 24) + 1, "p")])).Message.ShouldContain("'rounded' of probe 'p'");

    [Fact]
    public void ProbeFile_OfAnotherModel_IsAnError()
    {
        var file = OnnxProbeFile.Write([Rounded(1, "p")]);

        Should.Throw<OnnxGraphException>(() => OnnxProbeFile.Read(file, Model())).Message.ShouldContain("'0/p/out/rounded'");
        Should.Throw<OnnxGraphException>(() => OnnxProbeFile.Read(OnnxProbeFile.Write([Probe([1], [1])]), Model(rounded: true)))
            .Message.ShouldContain("has no tensor 'out/rounded'");
    }

    [Theory]
    [InlineData(0.90, 0.5, 0.8951, 0.4951, true)]
    [InlineData(0.90, 0.5, 0.8949, 0.5, false)]
    [InlineData(0.90, 0.5, 0.95, 0.494, false)]
    [InlineData(0.90, 0.5, double.NaN, 0.5, false)]
    [InlineData(0.90, null, 0.90, 0.1, true)]
    [InlineData(0.90, 0.5, 0.90, null, false)]
    public void TaskReport_Drop_IsBoundedPerScore(double aupro, double? iou, double candidateAupro, double? candidateIou, bool passes)
        => new TaskReport(new TaskScores(aupro, iou), new TaskScores(candidateAupro, candidateIou), TaskGate.MaxDropPoints).Passed.ShouldBe(passes);

    [Fact]
    public void TaskGate_LossOrNothingToCompare_IsRefused()
    {
        var scores = new Queue<TaskScores>([new(0.9, 0.5), new(0.8, 0.5), new(null, null), new(null, null)]);

        Should.Throw<OnnxParityException>(() => TaskGate.Require(Model(), Model(), _ => scores.Dequeue())).Message.ShouldContain("AUPRO 0.9000 to 0.8000");
        Should.Throw<OnnxGraphException>(() => TaskGate.Check(Model(), Model(), _ => scores.Dequeue())).Message.ShouldContain("nothing to compare");
    }

    private static OnnxModel Model(bool rounded = false)
    {
        OnnxGraphBuilder graph = new("same");
        var x = graph.Input("x", OnnxElementType.Float, [OnnxDimension.Symbolic("N")]);
        graph.Output("y", x);
        if (rounded)
        {
            graph.Output("rounded", graph.Cast(x, OnnxElementType.Int64));
        }

        return graph.ToModel(new OnnxModelInfo("test", "1", ""));
    }

    /// <summary>Gives its input twice over, and declares what it is told to.</summary>
    private static OnnxModel Twice(OnnxShape declared)
    {
        OnnxGraphBuilder graph = new("twice");
        var x = graph.Input("x", OnnxElementType.Float, [OnnxDimension.Symbolic("N", 2)]);
        graph.Output("y", graph.Node("Concat", [x, x], x.Type, declared, OnnxAttribute.Int("axis", 0)));
        return graph.ToModel(new OnnxModelInfo("test", "1", ""));
    }

    private static OnnxProbe Probe(float[] input, float[] output) => new(
        "p",
        new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>(input, input.Length) },
        new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["y"] = OnnxTensor.Of<float>(output, output.Length) });

    private static OnnxProbe Rounded(long number, string name) => new(
        name,
        new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>([number], 1) },
        new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["y"] = OnnxTensor.Of<float>([number], 1), ["rounded"] = OnnxTensor.Of<long>([number], 1) });
}
