using System.Security.Cryptography;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;
using IMDD.Testing;

namespace IMDD.Learning.Onnx.Tests.Graph;

public sealed class OnnxModelTests
{
    private static readonly OnnxModelInfo Info = new("test", "1", "");
    private static readonly OnnxDimension B = OnnxDimension.Symbolic("B");
    private readonly OnnxGraphBuilder _graph = new("test");

    [Fact]
    public void ToModel_NodesOfConstants_AreComputed()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 2]);
        var weights = _graph.Transpose(_graph.Mul(_graph.Constant("w", [1f, 2f, 3f, 4f], 2, 2), _graph.Scalar(2)), 1, 0);
        _graph.Output("y", _graph.MatMul(x, weights));

        var model = _graph.ToModel(Info);

        model.CountOperators().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["MatMul"] = 1 });
        Run(model, [1, 0, 0, 1], 2, 2).ShouldBe([2, 6, 4, 8]);
    }

    /// <summary>A runtime joins an addition to a convolution, and shares buffers, where it is told that inner sizes are alike.</summary>
    [Fact]
    public void ToBytes_InnerValues_CarryTheirDimensions()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 1, OnnxDimension.Symbolic("H", 2), OnnxDimension.Symbolic("W", 2)]);
        var half = _graph.Conv(x, _graph.Constant("w", [1f, 2f, 3f, 4f], 1, 1, 2, 2), null, OnnxWindow.Square(2, stride: 2));
        _graph.Output("y", _graph.ReduceMean(half, 2, 3));

        var bytes = _graph.ToModel(Info).ToBytes();

        bytes.AsSpan().IndexOf("H/2"u8).ShouldBePositive();
        bytes.AsSpan().IndexOf("W/2"u8).ShouldBePositive();
    }

    [Fact]
    public void ToModel_WhatNoOutputNeeds_IsDropped()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 2]);
        _graph.Mul(x, _graph.Constant("unused", new float[2], 2));
        _graph.Output("y", _graph.Cast(_graph.Relu(x), OnnxElementType.Float));

        var model = _graph.ToModel(Info);

        model.CountOperators().Keys.ShouldBe(["Relu", "Cast"], ignoreOrder: true);
        model.WeightBytes.ShouldBe(0);
    }

    [Fact]
    public void ToModel_EqualConstants_AreKeptOnce()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 2]);
        _graph.Output("y", _graph.Mul(_graph.Add(x, _graph.Constant("a", [1f, 2f], 2)), _graph.Constant("b", [1f, 2f], 2)));

        var model = _graph.ToModel(Info);

        model.WeightBytes.ShouldBe(8);
        Run(model, [1, 1], 1, 2).ShouldBe([2, 6]);
    }

    [Fact]
    public void ToModel_NormalizationAfterSharedLayer_StaysANode()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 1, 2, 2]);
        var layer = _graph.Conv(x, _graph.Constant("w", [2f], 1, 1, 1, 1), null, OnnxWindow.Square(1));
        OnnxValue Vector(float value) => _graph.Constant("p", [value], 1);

        _graph.Output("y", _graph.Add(layer, _graph.BatchNormalization(layer, Vector(3), Vector(1), Vector(2), Vector(4), 0)));

        var model = _graph.ToModel(Info);

        model.CountOperators()["BatchNormalization"].ShouldBe(1);
        Run(model, [0, 1, 2, 3], 1, 1, 2, 2).ShouldBe([0 - 2, 2 + 1, 4 + 4, 6 + 7]);
    }

    [Fact]
    public void ToModel_NormalizationOfANormalizedSum_FoldsIntoAllOfIt()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 1, 1, 2]);
        OnnxValue Vector(float value) => _graph.Constant("p", [value], 1);
        OnnxValue Layer(float weight) => _graph.Conv(x, _graph.Constant("w", [weight], 1, 1, 1, 1), null, OnnxWindow.Square(1));
        OnnxValue Normal(OnnxValue value, float scale, float bias) => _graph.BatchNormalization(value, Vector(scale), Vector(bias), Vector(0), Vector(1), 0);

        _graph.Output("y", Normal(_graph.Add(Normal(_graph.Add(Layer(1), Layer(2)), 10, 1), Layer(3)), 100, 5));

        var model = _graph.ToModel(Info);

        model.CountOperators().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["Conv"] = 3, ["Add"] = 2 }, ignoreOrder: true);
        Run(model, [1, 2], 1, 1, 1, 2).ShouldBe([(31 + 3) * 100 + 5, (61 + 6) * 100 + 5], 1e-2);
    }

    /// <summary>What is added along the last axis has its numbers there, and not along the channels.</summary>
    [Fact]
    public void ToModel_NormalizationOfAMapAndARow_StaysANode()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [1, 1, 1, 2]);
        OnnxValue Vector(params float[] values) => _graph.Constant("p", values, values.Length);
        var map = _graph.Conv(x, _graph.Constant("w", [1f, 1f], 2, 1, 1, 1), null, OnnxWindow.Square(1));
        var row = _graph.Linear(_graph.Reshape(x, [1, 2]), _graph.Constant("same", [1f, 0f, 0f, 1f], 2, 2), null);

        _graph.Output("y", _graph.BatchNormalization(_graph.Add(map, row), Vector(1, 10), Vector(0, 0), Vector(0, 0), Vector(1, 1), 0));

        Run(_graph.ToModel(Info), [1, 2], 1, 1, 1, 2).ShouldBe([2, 4, 20, 40], 1e-4);
    }

    [Fact]
    public void ToModel_NormalizationAfterGroupedTransposedConvolution_FoldsIntoItsOwnChannels()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 2, 1, 1]);
        var layer = _graph.ConvTranspose(
            x, _graph.Constant("w", [1f, 2f, 3f, 4f], 2, 2, 1, 1), null, OnnxWindow.Square(1), [0, 0], groups: 2);
        OnnxValue Vector(params float[] values) => _graph.Constant("p", values, values.Length);

        _graph.Output("y", _graph.BatchNormalization(layer, Vector(1, 10, 100, 1000), Vector(0, 0, 0, 5), Vector(0, 0, 0, 0), Vector(1, 1, 1, 1), 0));

        var model = _graph.ToModel(Info);

        model.CountOperators().Keys.ShouldBe(["ConvTranspose"]);
        Run(model, [1, 1], 1, 2, 1, 1).ShouldBe([1, 20, 300, 4005]);
    }

    [Fact]
    public void ToModel_BuilderUsedFurther_KeepsWhatItWas()
    {
        var x = _graph.Input("x", OnnxElementType.Float, [B, 2]);
        _graph.Output("y", _graph.Relu(x));
        var model = _graph.ToModel(Info);

        _graph.Output("z", _graph.Neg(x));

        model.Outputs.Select(output => output.Name).ShouldBe(["y"]);
        Run(model, [-1, 1], 1, 2).ShouldBe([0, 1]);
    }

    [Fact]
    public void Save_AboveTheLimit_PutsWeightsBesideAndLoadsFromAnotherFolder()
    {
        using TestDirectory folder = new();
        var model = Large();
        var path = Path.Combine(folder.Path, "model.onnx");

        var files = model.Save(path, maxMessageBytes: 4096);

        files.ShouldBe([path, path + ".data"]);
        new FileInfo(path).Length.ShouldBeLessThan(4096);

        // Two weights of 64 × 64 floats, the second on a page of its own.
        new FileInfo(path + ".data").Length.ShouldBe(2 * 64 * 64 * 4);
        var elsewhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        foreach (var file in files)
        {
            File.Move(file, Path.Combine(elsewhere, Path.GetFileName(file)));
        }

        using OnnxRunner external = new(Path.Combine(elsewhere, "model.onnx"));
        using OnnxRunner whole = new(model);
        var input = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>([.. Enumerable.Range(0, 64).Select(i => i / 64f)], 1, 64) };
        external.Run(input)["y"].ToSingles().ShouldBe(whole.Run(input)["y"].ToSingles());
    }

    [Fact]
    public void Save_BelowTheLimit_WritesOneFile()
    {
        using TestDirectory folder = new();
        var path = Path.Combine(folder.Path, "model.onnx");

        Large().Save(path).ShouldBe([path]);
        File.ReadAllBytes(path).ShouldBe(Large().ToBytes());
    }

    [Fact]
    public void Save_DeferredWeights_AreReadOneAtATimeIntoPartsAndComputeTheSame()
    {
        using TestDirectory folder = new();
        var (read, asked) = (new float[64 * 64], 0);
        Random random = new(3);
        for (var index = 0; index < read.Length; index++)
        {
            read[index] = random.NextSingle() - 0.5f;
        }

        var weight = OnnxTensor.Of<float>(read, 64, 64);
        var deferred = OnnxTensor.Deferred(OnnxElementType.Float, [64, 64], () =>
        {
            asked++;
            return weight.Bytes;
        });
        var path = Path.Combine(folder.Path, "model.onnx");

        var model = Product(deferred);
        asked = 0;
        var files = model.Save(path, maxMessageBytes: 4096, maxPartBytes: 64 * 64 * 4);

        files.ShouldBe([path, path + ".data", path + ".data.1"]);
        asked.ShouldBe(1);
        using OnnxRunner external = new(path);
        using OnnxRunner whole = new(Product(weight));
        var input = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>([.. Enumerable.Range(0, 64).Select(i => i / 64f)], 1, 64) };
        external.Run(input)["y"].ToSingles().ShouldBe(whole.Run(input)["y"].ToSingles());

        static OnnxModel Product(OnnxTensor weight)
        {
            OnnxGraphBuilder graph = new("product");
            var x = graph.Input("x", OnnxElementType.Float, [1, 64]);
            var half = graph.Constant("half", OnnxTensor.Of<float>([.. Enumerable.Repeat(0.5f, 64 * 64)], 64, 64));
            graph.Output("y", graph.MatMul(graph.MatMul(x, graph.Constant("weight", weight)), half));
            return graph.ToModel(new OnnxModelInfo("test", "1", ""));
        }
    }

    [Fact]
    public void Save_WeightsThatEndWithinAPage_StayWithinThePart()
    {
        using TestDirectory folder = new();
        const int maxPartBytes = 21_000;

        // Two weights of 10 000 bytes: the second would begin at 12 288.
        var files = Large(width: 50).Save(Path.Combine(folder.Path, "model.onnx"), maxMessageBytes: 4096, maxPartBytes);

        files.Skip(1).ShouldAllBe(file => new FileInfo(file).Length <= maxPartBytes);
        using OnnxRunner external = new(files[0]);
    }

    [Fact]
    public void Deferred_SourceOfAnotherLength_IsRefused()
    {
        var tensor = OnnxTensor.Deferred(OnnxElementType.Float, [2, 2], () => new byte[8]);

        Should.Throw<OnnxGraphException>(() => tensor.Bytes).Message.ShouldContain("8 bytes; expected 16");
        Should.Throw<OnnxGraphException>(() => tensor.Reshaped(3, 2));
        tensor.Reshaped(4).Dimensions.ShouldBe([4]);
        tensor.Cast(OnnxElementType.Float16).ByteLength.ShouldBe(8);
    }

    [Fact]
    public void Save_WeightThatCannotBeRead_LeavesTheModelThatWasThere()
    {
        using TestDirectory folder = new();
        var path = Path.Combine(folder.Path, "model.onnx");
        var files = Large().Save(path, maxMessageBytes: 4096);
        List<byte[]> contents = [.. files.Select(File.ReadAllBytes)];
        var fails = false;
        OnnxGraphBuilder graph = new("broken");
        var weight = OnnxTensor.Deferred(OnnxElementType.Float, [64, 64], () => fails ? throw new IOException("gone") : new byte[64 * 64 * 4]);
        graph.Output("y", graph.MatMul(graph.Input("x", OnnxElementType.Float, [1, 64]), graph.Constant("weight", weight)));
        var broken = graph.ToModel(Info);
        fails = true;

        Should.Throw<IOException>(() => broken.Save(path, maxMessageBytes: 4096));
        Should.Throw<IOException>(() => broken.Save(path));

        files.Select(File.ReadAllBytes).ShouldBe(contents);
        Directory.GetFiles(folder.Path).ShouldBe(files, ignoreOrder: true);
    }

    [Fact]
    public void Save_InterruptedBetweenTwoFilesOfWeights_LeavesNoModelWithTheWeightsOfAnother()
    {
        using TestDirectory folder = new();
        var path = Path.Combine(folder.Path, "model.onnx");
        Large().Save(path, maxMessageBytes: 4096);

        // No file takes the place of a folder: the second move fails.
        Directory.CreateDirectory(path + ".data.1");

        Should.Throw<IOException>(() => Large(seed: 2).Save(path, maxMessageBytes: 4096, maxPartBytes: 64 * 64 * 4));

        Directory.GetFiles(folder.Path).ShouldBe([path + ".data"]);
    }

    [Fact]
    public void Save_OverAModelOfMoreFiles_RemovesThoseThatNothingPointsTo()
    {
        using TestDirectory folder = new();
        var path = Path.Combine(folder.Path, "model.onnx");
        var other = Path.Combine(folder.Path, "model.onnx.database");
        File.WriteAllText(other, "someone else's");

        Large().Save(path, maxMessageBytes: 4096, maxPartBytes: 64 * 64 * 4).ShouldBe([path, path + ".data", path + ".data.1"]);
        Large().Save(path, maxMessageBytes: 4096);
        Directory.GetFiles(folder.Path).ShouldBe([path, path + ".data", other], ignoreOrder: true);

        Large().Save(path);
        Directory.GetFiles(folder.Path).ShouldBe([path, other], ignoreOrder: true);
    }

    [Fact]
    public void Save_MissingData_IsAnErrorAtLoad()
    {
        using TestDirectory folder = new();
        var files = Large().Save(Path.Combine(folder.Path, "model.onnx"), 4096);
        File.Delete(files[1]);

        Should.Throw<OnnxGraphException>(() => new OnnxRunner(files[0])).Message.ShouldContain("does not load");
    }

    [Fact]
    public void OnnxRunner_ModelAboveTheLimitOfAMessage_RunsFromAFolderThatGoesAgain()
    {
        OnnxRunnerOptions options = new() { MaxMessageBytes = 4096 };
        var before = All();
        var input = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>([.. Enumerable.Range(0, 64).Select(i => i / 64f)], 1, 64) };
        using OnnxRunner whole = new(Large());
        using (OnnxRunner external = new(Large(), options))
        {
            Folders().Select(Directory.GetFiles).ShouldHaveSingleItem().Length.ShouldBe(2);
            external.Run(input)["y"].ToSingles().ShouldBe(whole.Run(input)["y"].ToSingles());
        }

        Folders().ShouldBeEmpty();
        var x = _graph.Input("x", OnnxElementType.Float, [1, 64]);
        _graph.Output("y", _graph.Node("NoSuchOperator", [_graph.MatMul(x, _graph.Constant("w", new float[64 * 64], 64, 64))], x.Type, x.Shape));

        Should.Throw<OnnxGraphException>(() => new OnnxRunner(_graph.ToModel(Info), options)).Message.ShouldContain("does not load");
        Folders().ShouldBeEmpty();

        string[] Folders() => [.. All().Except(before)];

        static string[] All() => Directory.GetDirectories(Path.GetTempPath(), $"imdd-onnx-{Environment.ProcessId}-*");
    }

    [Fact]
    public void ToModel_WeightsChanged_DigestDiffers()
    {
        var (one, other) = (Large(), Large(seed: 2));

        SHA256.HashData(one.ToBytes()).ShouldBe(SHA256.HashData(Large().ToBytes()));
        one.Info.Metadata[OnnxModel.WeightsKey].ShouldBe(Large().Info.Metadata[OnnxModel.WeightsKey]);
        other.Info.Metadata[OnnxModel.WeightsKey].ShouldNotBe(one.Info.Metadata[OnnxModel.WeightsKey]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(22)]
    public void Opset_OutsideTheRange_IsAnError(int opset)
        => Should.Throw<OnnxGraphException>(() => new OnnxGraphBuilder("test", opset)).Message.ShouldContain("expected 17 to 21");

    private static OnnxModel Large(int seed = 1, int width = 64)
    {
        Random random = new(seed);
        OnnxGraphBuilder graph = new("large");
        var x = graph.Input("x", OnnxElementType.Float, [B, width]);
        foreach (var name in new[] { "first", "second" })
        {
            float[] weights = [.. Enumerable.Range(0, width * width).Select(_ => random.NextSingle() - 0.5f)];
            x = graph.Linear(x, graph.Constant(name, weights, width, width), null);
        }

        graph.Output("y", x);
        return graph.ToModel(Info);
    }

    private static float[] Run(OnnxModel model, float[] input, params long[] shape)
    {
        using OnnxRunner runner = new(model);
        return runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>(input, shape) })["y"].ToSingles();
    }
}
