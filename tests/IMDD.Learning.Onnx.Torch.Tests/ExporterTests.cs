using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Running;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

public sealed class ExporterTests
{
    private static readonly OnnxDimension B = TorchParity.B;
    private static readonly OnnxShape Map = [B, 3, OnnxDimension.Symbolic("H"), OnnxDimension.Symbolic("W")];

    [Fact]
    public void Export_UnknownModule_IsRefusedByNameWithItsPath()
    {
        using var module = TorchParity.Prepared(nn.Sequential(("stem", nn.Conv2d(3, 4, 1)), ("body", nn.Sequential(("odd", nn.LPPool2d(2, [2L, 2L]))))));

        var error = Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, Map));

        error.Path.ShouldBe("body.odd");
        error.Module.ShouldBe("LPPool2d");
        error.Message.ShouldContain("IOnnxExportable");
    }

    [Fact]
    public void Export_TrainingMode_IsRefusedByPath()
    {
        using var module = TorchParity.Prepared(nn.Sequential(("stem", nn.Conv2d(3, 4, 1)), ("drop", nn.Dropout())));
        module.named_children().Last().Item2.train();

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, Map)).Message.ShouldContain("'drop' (Dropout): is in training mode");
    }

    [Fact]
    public void Export_LayerThatDoesNotFit_NamesPathAndShapes()
    {
        using var module = TorchParity.Prepared(nn.Sequential(("stem", nn.Conv2d(3, 4, 1)), ("next", nn.Conv2d(5, 4, 1))));

        var error = Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, Map));

        error.Path.ShouldBe("next");
        error.Message.ShouldContain("[B, 4, H, W]");
        error.Message.ShouldContain("expected [4, 4, 1, 1]");
    }

    [Fact]
    public void Export_LayerThatGetsWholeNumbers_IsRefused()
    {
        using var linear = TorchParity.Prepared(nn.Linear(6, 5));
        using var norm = TorchParity.Prepared(nn.GroupNorm(2, 6));

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(linear, [new OnnxInput("x", OnnxElementType.Int64, [B, 6])], ["y"]))
            .Message.ShouldContain("x Int64 [B, 6]; expected Float");
        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(norm, [new OnnxInput("x", OnnxElementType.Int64, [B, 6, 4])], ["y"]))
            .Message.ShouldContain("x Int64 [B, 6, 4]; expected Float");
    }

    [Theory]
    [InlineData("Linear")]
    [InlineData("LayerNorm")]
    [InlineData("GroupNorm")]
    [InlineData("InstanceNorm1d")]
    [InlineData("BatchNorm1d")]
    [InlineData("Conv1d")]
    public void Export_LayerInHalvesThatGetsFloats_IsRefused(string name)
    {
        using var module = TorchParity.Prepared<nn.Module>(name switch
        {
            "Linear" => nn.Linear(6, 5),
            "LayerNorm" => nn.LayerNorm(6),
            "GroupNorm" => nn.GroupNorm(2, 6),
            "InstanceNorm1d" => nn.InstanceNorm1d(6, affine: true),
            "BatchNorm1d" => nn.BatchNorm1d(6),
            _ => nn.Conv1d(6, 5, 1),
        }).half();
        OnnxShape shape = name is "Linear" or "LayerNorm" ? [B, 6] : [B, 6, 4];

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, [OnnxInput.Floats("x", shape)], ["y"])).Message.ShouldContain("expected one type");
    }

    [Fact]
    public void Export_BoundsAndFillingOfHalves_Compute()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.ReLU6(), nn.ConstantPad2d((1, 0, 0, 0), 3)));
        using OnnxRunner runner = new(TorchOnnxExporter.Export(module, [new OnnxInput("x", OnnxElementType.Float16, [B, 1, 1, 2])], ["y"]));
        var input = OnnxTensor.Of<float>([-1, 7], 1, 1, 1, 2).Cast(OnnxElementType.Float16);

        var outputs = runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = input });

        outputs["y"].ToSingles().ShouldBe([3, 0, 6]);
    }

    [Fact]
    public void Export_AdaptiveMaximumOfOnePicture_IsRefused()
    {
        using var module = TorchParity.Prepared(nn.AdaptiveMaxPool2d([3, 2]));

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, [2, 8, 9])).Message.ShouldContain("expected 4 dimensions");
    }

    [Fact]
    public void Export_BatchStatisticsInEvalMode_IsRefused()
    {
        using var module = TorchParity.Prepared(nn.BatchNorm2d(3, track_running_stats: false));

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, Map)).Message.ShouldContain("(root)");
    }

    [Fact]
    public void Export_ConvolutionAndNormalisation_BecomeOneNode()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.Conv2d(3, 4, 3, bias: false), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout()));

        var (model, _) = TorchParity.Check(module, Map, [[2, 3, 7, 9]]);

        model.CountOperators().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["Conv"] = 1, ["Relu"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void Export_Metadata_NamesOpsetPrecisionAndState()
    {
        using var module = TorchParity.Prepared(nn.Conv2d(3, 4, 3));
        var options = new TorchExportOptions { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["line"] = "7" } };
        using OnnxRunner runner = new(TorchOnnxExporter.Export(module, Map, options));

        runner.Metadata["line"].ShouldBe("7");
        runner.Metadata["opset"].ShouldBe("17");
        runner.Metadata["precision"].ShouldBe("fp32");
        runner.Metadata[TorchOnnxExporter.StateKey].ShouldBe(TorchOnnxExporter.StateDigest(module));
        runner.Metadata["weights_sha256"].Length.ShouldBe(64);
    }

    [Fact]
    public void Export_NothingSimplified_NamesTheWeightsToo()
    {
        using var module = TorchParity.Prepared(nn.Conv2d(3, 4, 3));

        TorchOnnxExporter.Export(module, Map, new TorchExportOptions { Optimizations = OnnxOptimizations.None }).Info.Metadata["weights_sha256"].Length.ShouldBe(64);
    }

    [Fact]
    public void StateDigest_OneNumberChanged_Differs()
    {
        using var module = TorchParity.Prepared(nn.Conv2d(3, 4, 3));
        var before = TorchOnnxExporter.StateDigest(module);
        using (no_grad())
        {
            module.weight.view(-1)[0].add_(1e-3f);
        }

        TorchOnnxExporter.StateDigest(module).ShouldNotBe(before);
    }

    [Fact]
    public void Export_ConverterOfOnesOwn_IsTaken()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.Hardshrink(0.5)));
        var options = new TorchExportOptions
        {
            Converters = OnnxModuleConverters.Default.With<Hardshrink>((onnx, hard, x) => onnx.Graph.Where(
                onnx.Graph.Greater(onnx.Graph.Abs(x), onnx.Graph.Scalar((float)hard.lambda)), x, onnx.Graph.Scalar(0))),
        };

        TorchParity.Check(module, Map, [[2, 3, 4, 5]], options);
        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, Map)).Path.ShouldBe("0");
    }

    [Fact]
    public void Require_WeightsChangedAfterExport_IsRefused()
    {
        using var module = TorchParity.Prepared(nn.Conv2d(3, 4, 3));
        var model = TorchOnnxExporter.Export(module, Map);
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            module.bias!.add_(0.01f);
        }

        var probe = TorchProbes.Record("shifted", module, ones(1, 3, 5, 5));

        Should.Throw<OnnxParityException>(() => OnnxParityGate.Require(model, [probe])).Message.ShouldContain("output 'y'");
    }

    [Theory]
    [InlineData(ScalarType.Float64, ParityTolerance.Float32)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Export_AttentionInAnotherPrecision_Agrees(ScalarType type, double tolerance)
    {
        using var module = TorchParity.Prepared(nn.MultiheadAttention(8, 2)).to(type);
        var names = new[] { "q", "k", "v" };
        var model = TorchOnnxExporter.Export(module, [.. names.Select(name => OnnxInput.Floats(name, [5, B, 8]))], ["y"]);
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var input = randn([5, 2, 8], generator: generator).to(type);
        var probe = TorchProbes.Record("one", [.. names.Select(name => (name, input))], ["y"], tensors => [module.call(tensors[0], tensors[1], tensors[2], null, false, null).Item1]);

        OnnxParityGate.Require(model, [probe], new ParityTolerance(tolerance));
    }

    [Fact]
    public void Export_AttentionInHalves_IsRefused()
    {
        using var module = TorchParity.Prepared(nn.MultiheadAttention(8, 2)).half();

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, [.. new[] { "q", "k", "v" }.Select(name => OnnxInput.Floats(name, [5, B, 8]))], ["y"]))
            .Message.ShouldContain("expected one type");
    }

    [Fact]
    public void Export_AttentionWithoutValues_IsRefused()
    {
        using var module = TorchParity.Prepared(nn.MultiheadAttention(8, 2)).to(META);

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(module, [.. new[] { "q", "k", "v" }.Select(name => OnnxInput.Floats(name, [5, B, 8]))], ["y"]))
            .Message.ShouldContain("number of heads");
    }

    [Fact]
    public void Export_Embedding_LooksUp()
    {
        using var module = TorchParity.Prepared(nn.Sequential(nn.Embedding(11, 6), nn.LayerNorm(6)));
        var model = TorchOnnxExporter.Export(module, [new OnnxInput("tokens", OnnxElementType.Int64, [B, 5])], ["y"]);
        using var scope = NewDisposeScope();
        var tokens = tensor(new long[] { 1, 10, 0, 3, 3, 2, 2, 5, 7, 9 }).reshape(2, 5);

        var report = OnnxParityGate.Check(model, [TorchProbes.Record("words", [("tokens", tokens)], ["y"], inputs => [module.call(inputs[0])])]);

        report.Passed.ShouldBeTrue(report.ToString());
    }

    [Fact]
    public void Export_EmbeddingThatShortensRows_IsRefusedAndStaysAsItIs()
    {
        IReadOnlyList<OnnxInput> inputs = [new OnnxInput("tokens", OnnxElementType.Int64, [B, 5])];
        using var shortens = TorchParity.Prepared(nn.Embedding(11, 6, max_norm: 0.5));
        using var wide = TorchParity.Prepared(nn.Embedding(11, 6, max_norm: 1000));
        var before = TorchOnnxExporter.StateDigest(shortens);

        Should.Throw<OnnxExportException>(() => TorchOnnxExporter.Export(shortens, inputs, ["y"])).Message.ShouldContain("max_norm");

        TorchOnnxExporter.StateDigest(shortens).ShouldBe(before);
        TorchOnnxExporter.Export(wide, inputs, ["y"]).CountOperators().Keys.ShouldBe(["Gather"]);
    }
}
