using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Tests.Quantization;

public sealed class Int8QuantizationTests
{
    private static readonly OnnxDimension B = OnnxDimension.Symbolic("B");
    private static readonly Int8Options Everything = new() { KeepFirst = false, KeepLast = false, Method = CalibrationMethod.MinMax };

    [Fact]
    public void Quantize_NumbersOnTheGrid_AreExact()
    {
        // Steps are 1 for the input (0 to 255), 1/127 and 2/127 for the channels, so every product is a whole number of steps.
        OnnxGraphBuilder graph = new("exact");
        var x = graph.Input("x", OnnxElementType.Float, [B, 2]);
        graph.Output("y", graph.Linear(x, graph.Constant("w", [1f, 2f, 0f, -2f], 2, 2), graph.Constant("b", [3f, -4f], 2)));
        var (model, report) = Int8Quantization.Quantize(graph.ToModel(new OnnxModelInfo("test", "1", "")), Rows([0, 255], [255, 7]), Everything);

        report.Ranges["x"].ShouldBe(new ActivationRange(0, 255));
        Run(model, [10, 20], 1, 2).ShouldBe([13, 20 - 40 - 4], 1e-3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quantize_LayersOfSequences_AreNear(bool reduceRange)
    {
        var float32 = Perceptron();
        var (model, report) = Int8Quantization.Quantize(float32, Sequences(1), Everything with { ReduceRange = reduceRange });

        report.QuantizedNodes["MatMul"].ShouldBe(2);
        RelativeError(float32, model, Sequences(2)).ShouldBeInRange(1e-4, 0.04);
    }

    [Fact]
    public void Quantize_KeepOptions_LeaveLayersInFloats()
    {
        var float32 = Perceptron();

        Int8Quantization.Quantize(float32, Sequences(1), Everything with { KeepNames = ["second/"] }).Report.KeptNodes.ShouldBe(["second/MatMul"]);
        Int8Quantization.Quantize(float32, Sequences(1), Everything with { KeepFirst = true }).Report.KeptNodes.ShouldBe(["first/MatMul"]);
        Should.Throw<OnnxGraphException>(() => Int8Quantization.Quantize(float32, Sequences(1), new Int8Options())).Message.ShouldContain("no convolution or product");
    }

    [Fact]
    public void Quantize_LayerBetweenTwoOutputs_IsTheLastOfTheFirst()
    {
        OnnxGraphBuilder graph = new("two");
        Random random = new(6);
        OnnxValue Layer(string name, OnnxValue value)
        {
            using var scope = graph.Scope(name);
            return graph.Linear(value, graph.Constant("w", Noise(random, 8 * 8), 8, 8), graph.Constant("b", Noise(random, 8), 8));
        }

        var first = graph.Relu(Layer("first", graph.Input("x", OnnxElementType.Float, [B, 3, 8])));
        var second = Layer("second", first);
        graph.Output("y", second);
        graph.Output("z", Layer("third", graph.Relu(second)));
        graph.Output("mean", graph.ReduceMean(first, 1));

        var (_, report) = Int8Quantization.Quantize(
            graph.ToModel(new OnnxModelInfo("test", "1", "")), Sequences(1), Everything with { KeepLast = true });

        // A mean over many places takes the rounding of each out again.
        report.KeptNodes.ShouldBe(["second/MatMul", "third/MatMul"]);
        report.QuantizedNodes["MatMul"].ShouldBe(1);
    }

    [Fact]
    public void Quantize_WhatOnlyMovesBytes_StaysInBytes()
    {
        OnnxGraphBuilder graph = new("moves");
        Random random = new(4);
        var x = graph.Input("x", OnnxElementType.Float, [B, 3, 8, 8]);
        OnnxValue Conv(OnnxValue value, int channels, int outputs) => graph.Conv(
            value, graph.Constant("w", Noise(random, outputs * channels * 9), outputs, channels, 3, 3), graph.Constant("b", Noise(random, outputs), outputs), OnnxWindow.Square(3, padding: 1));

        var first = graph.Relu(Conv(x, 3, 4));
        var pooled = graph.MaxPool(first, OnnxWindow.Square(2, 2));
        var up = graph.ResizeBy(pooled, [2, 2], OnnxResampling.Linear);
        graph.Output("y", Conv(graph.Concat(1, first, up), 8, 2));
        graph.Output("z", graph.Relu(first));
        var float32 = graph.ToModel(new OnnxModelInfo("test", "1", ""));

        var (model, report) = Int8Quantization.Quantize(float32, Pictures(1), Everything);

        report.QuantizedNodes.Keys.ShouldBe(["Conv", "Relu", "MaxPool", "Resize", "Concat"], ignoreOrder: true);
        model.Outputs.Select(output => output.Name).ShouldBe(["y", "z"]);
        RelativeError(float32, model, Pictures(2)).ShouldBeInRange(1e-4, 0.03);
    }

    /// <summary>Of a last place that reaches beyond the end only what is there counts, as in PyTorch, and not all that the kernel would hold.</summary>
    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 1)]
    public void Quantize_MeansThatReachBeyondTheEnd_AreNear(long kernel, long padding)
    {
        OnnxGraphBuilder graph = new("beyond");
        Random random = new(4);
        var x = graph.Input("x", OnnxElementType.Float, [B, 3, 8, 8]);
        var maps = graph.Relu(graph.Conv(x, graph.Constant("w", Noise(random, 4 * 3 * 4), 4, 3, 2, 2), graph.Constant("b", [1f, 2f, 1f, 2f], 4), OnnxWindow.Square(2)));
        graph.Output("y", graph.AveragePool(maps, OnnxWindow.Square(kernel, 2, padding), countPadding: true, roundUp: true));
        var float32 = graph.ToModel(new OnnxModelInfo("test", "1", ""));

        var (model, _) = Int8Quantization.Quantize(float32, Pictures(1), Everything);

        float32.Outputs[0].Shape.ShouldBe([B, 4, 4, 4]);
        RelativeError(float32, model, Pictures(2)).ShouldBeInRange(1e-4, 0.03);
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax, 1000, 1000)]
    [InlineData(CalibrationMethod.Percentile, 0.9, 2)]
    [InlineData(CalibrationMethod.Entropy, 0.9, 200)]
    public void Quantize_OneOutlier_WidensTheRangeByMinMaxOnly(CalibrationMethod method, float least, float most)
    {
        OnnxGraphBuilder graph = new("outlier");
        var x = graph.Input("x", OnnxElementType.Float, [B, 100]);
        graph.Output("y", graph.Linear(x, graph.Constant("w", Enumerable.Repeat(1f, 100).ToArray(), 100, 1), null));
        Random random = new(8);
        float[] row = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextSingle())];
        row[77] = 1000;
        CalibrationReader data = () => row.Chunk(100).Select(chunk => Input(OnnxTensor.Of<float>(chunk, 1, 100)));

        var (_, report) = Int8Quantization.Quantize(
            graph.ToModel(new OnnxModelInfo("test", "1", "")), data, Everything with { Method = method, Percentile = 99.9 });

        report.Ranges["x"].High.ShouldBeInRange(least, most);
        report.Ranges["x"].Low.ShouldBe(0);
    }

    [Fact]
    public void Quantize_ChannelOfZerosWithBias_KeepsTheBias()
    {
        OnnxGraphBuilder graph = new("zeros");
        var x = graph.Input("x", OnnxElementType.Float, [B, 2]);
        graph.Output("y", graph.Linear(x, graph.Constant("w", [0f, 1e-7f, 0f, 0f], 2, 2), graph.Constant("b", [0.123f, 12345.5f], 2)));

        var (model, _) = Int8Quantization.Quantize(graph.ToModel(new OnnxModelInfo("test", "1", "")), Rows([0, 1], [1, 0]), Everything);

        Run(model, [1, 1], 1, 2).ShouldBe([0.123f, 12345.5f], 1e-3);
    }

    [Fact]
    public void Quantize_BiasThatIsBroadcast_StaysInFloatsWithItsLayer()
    {
        OnnxGraphBuilder graph = new("broadcast");
        Random random = new(6);
        var x = graph.Input("x", OnnxElementType.Float, [B, 8]);
        var first = graph.Linear(x, graph.Constant("w", Noise(random, 8 * 8), 8, 8), graph.Constant("b", Noise(random, 8), 8));
        graph.Output("y", graph.Node("Gemm", [first, graph.Constant("v", Noise(random, 8 * 4), 8, 4), graph.Constant("same", [0.5f], 1)], first.Type, [B, 4]));
        var float32 = graph.ToModel(new OnnxModelInfo("test", "1", ""));

        var (model, report) = Int8Quantization.Quantize(
            float32, Rows([.. Enumerable.Repeat(-0.5f, 8)], [.. Enumerable.Repeat(0.5f, 8)]), Everything);

        report.QuantizedNodes["Gemm"].ShouldBe(1);
        RelativeError(float32, model, Rows(Noise(random, 8))).ShouldBeLessThan(0.05);
    }

    [Fact]
    public void Quantize_NoDataOrNotANumber_IsAnError()
    {
        Should.Throw<OnnxGraphException>(() => Int8Quantization.Quantize(Perceptron(), () => [], Everything)).Message.ShouldContain("no calibration data");
        CalibrationReader broken = () => [Input(OnnxTensor.Of<float>([.. Enumerable.Repeat(float.NaN, 3 * 8)], 1, 3, 8))];

        Should.Throw<OnnxGraphException>(() => Int8Quantization.Quantize(Perceptron(), broken, Everything)).Message.ShouldContain("is NaN");
    }

    [Theory]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Quantize_DataThatCanBeReadOnce_IsAnError(CalibrationMethod method)
    {
        var rows = new Queue<IReadOnlyDictionary<string, OnnxTensor>>(Sequences(1)());
        IEnumerable<IReadOnlyDictionary<string, OnnxTensor>> Rest()
        {
            while (rows.TryDequeue(out var row))
            {
                yield return row;
            }
        }

        Should.Throw<OnnxGraphException>(() => Int8Quantization.Quantize(Perceptron(), Rest, Everything with { Method = method })).Message.ShouldContain("second pass");
    }

    [Fact]
    public void Quantize_Twice_SameBytes()
        => Int8Quantization.Quantize(Perceptron(), Sequences(1), Everything).Model.ToBytes()
            .ShouldBe(Int8Quantization.Quantize(Perceptron(), Sequences(1), Everything).Model.ToBytes());

    [Theory]
    [InlineData(-1, 4, 51)]
    [InlineData(0, 6, 0)]
    [InlineData(-3, 0, 255)]
    [InlineData(0, 0, 0)]
    public void ActivationRange_Zero_IsAByte(float low, float high, byte zero) => new ActivationRange(low, high).ZeroPoint.ShouldBe(zero);

    private static OnnxModel Perceptron()
    {
        OnnxGraphBuilder graph = new("perceptron");
        Random random = new(6);
        var x = graph.Input("x", OnnxElementType.Float, [B, 3, 8]);
        foreach (var (name, inputs, outputs) in new[] { ("first", 8, 16), ("second", 16, 4) })
        {
            using var scope = graph.Scope(name);
            x = graph.Linear(x, graph.Constant("w", Noise(random, inputs * outputs), inputs, outputs), graph.Constant("b", Noise(random, outputs), outputs));
            x = name == "first" ? graph.Gelu(x) : x;
        }

        graph.Output("y", x);
        return graph.ToModel(new OnnxModelInfo("test", "1", ""));
    }

    private static float[] Noise(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static CalibrationReader Rows(params float[][] rows) => () => rows.Select(row => Input(OnnxTensor.Of<float>(row, 1, row.Length)));

    private static CalibrationReader Sequences(int seed) => () =>
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 20).Select(_ => Input(OnnxTensor.Of<float>(Noise(random, 24), 1, 3, 8)))];
    };

    private static CalibrationReader Pictures(int seed) => () =>
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 10).Select(_ => Input(OnnxTensor.Of<float>(Noise(random, 3 * 64), 1, 3, 8, 8)))];
    };

    private static Dictionary<string, OnnxTensor> Input(OnnxTensor tensor) => new(StringComparer.Ordinal) { ["x"] = tensor };

    /// <summary>Root of the mean square of the difference over that of the reference, over all outputs.</summary>
    private static double RelativeError(OnnxModel reference, OnnxModel candidate, CalibrationReader data)
    {
        using OnnxRunner a = new(reference);
        using OnnxRunner b = new(candidate);
        double difference = 0, norm = 0;
        foreach (var input in data())
        {
            var (expected, actual) = (a.Run(input), b.Run(input));
            foreach (var (name, tensor) in expected)
            {
                foreach (var (x, y) in tensor.ToSingles().Zip(actual[name].ToSingles()))
                {
                    difference += Math.Pow(x - y, 2);
                    norm += Math.Pow(x, 2);
                }
            }
        }

        return Math.Sqrt(difference / norm);
    }

    private static float[] Run(OnnxModel model, float[] input, params long[] shape)
    {
        using OnnxRunner runner = new(model);
        return runner.Run(Input(OnnxTensor.Of<float>(input, shape)))["y"].ToSingles();
    }
}
