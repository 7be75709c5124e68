using System.Diagnostics;
using System.Globalization;
using System.Text;
using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using IMDD.Learning.Onnx.Precision;
using IMDD.Learning.Onnx.Quantization;
using IMDD.Learning.Onnx.Running;
using IMDD.Testing;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>What a trained segmenter is worth in 16 and in 8 bits.</summary>
public sealed class PrecisionTests(ToyTask task, ITestOutputHelper output) : IClassFixture<ToyTask>
{
    [Fact]
    public void Export_TrainedSegmenter_AgreesAndHasLearned()
    {
        using var scope = NewDisposeScope();
        var input = ToyTask.Input(7)["x"].ToTorch();
        OnnxParityGate.Require(task.Model, [TorchProbes.Record("surface", task.Network, input)]);
        using OnnxRunner runner = new(task.Model);

        var scores = ToyTask.Score(runner);

        scores.Aupro!.Value.ShouldBeGreaterThan(0.8);
        scores.Iou!.Value.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void Float16_TrainedSegmenter_KeepsItsWorthInHalfTheBytes()
    {
        var (model, report) = Float16Conversion.Convert(task.Model);

        TaskGate.Require(task.Model, model, ToyTask.Score);
        model.WeightBytes.ShouldBeLessThan((task.Model.WeightBytes / 2) + 256);
        model.Inputs[0].Type.ShouldBe(OnnxElementType.Float);
        model.Outputs[0].Type.ShouldBe(OnnxElementType.Float);
        report.KeptNodes.Keys.ShouldContain("Resize");
        report.ConvertedNodes.ShouldBeGreaterThan(6);
        model.Info.Metadata["precision"].ShouldBe("fp16");
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Int8_TrainedSegmenter_KeepsItsWorth(CalibrationMethod method)
    {
        var (model, report) = Int8Quantization.Quantize(task.Model, ToyTask.Calibration, new Int8Options { Method = method });

        var gate = TaskGate.Check(task.Model, model, ToyTask.Score);

        output.WriteLine($"{method}: {gate}; {report.WeightBytesBefore} to {report.WeightBytesAfter} bytes");
        gate.Passed.ShouldBeTrue(gate.ToString());
        report.QuantizedNodes["Conv"].ShouldBe(6);
        report.KeptNodes.Count.ShouldBe(2);
        report.WeightBytesAfter.ShouldBeLessThan(report.WeightBytesBefore / 3);
        model.Info.Metadata["precision"].ShouldBe("int8");
    }

    [Fact]
    public void Int8_CalibratedOnSomethingElse_IsRefusedByTheGate()
    {
        // A surface without contrast: every range is far too small for a defect.
        CalibrationReader flat = () =>
        [
            new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>(new float[3 * 64 * 64], 1, 3, 64, 64) },
        ];
        var (model, _) = Int8Quantization.Quantize(task.Model, flat, new Int8Options { Method = CalibrationMethod.MinMax });

        Should.Throw<OnnxParityException>(() => TaskGate.Require(task.Model, model, ToyTask.Score)).Message.ShouldContain("lost too much");
    }

    [Fact]
    public void Int8_InOnnxRuntime_RunsOnIntegerKernels()
    {
        using var wide = TorchParity.Prepared(new ToySegmenter(32));
        var full = TorchOnnxExporter.Export(wide, [TorchParity.B, 3, OnnxDimension.Symbolic("H", 8), OnnxDimension.Symbolic("W", 8)]);
        var (half, _) = Float16Conversion.Convert(full);
        var (bytes, report) = Int8Quantization.Quantize(full, ToyTask.Calibration);

        var operators = OptimizedOperators(bytes);

        operators.Count(name => name == "QLinearConv").ShouldBe(report.QuantizedNodes["Conv"]);
        operators.Count(name => name == "QLinearAdd").ShouldBe(report.QuantizedNodes["Add"]);
        Measure(("fp32", full), ("fp16", half), ("int8", bytes));
    }

    /// <summary>What ONNX Runtime makes of a model, by the operators' names in the file that it writes.</summary>
    private static List<string> OptimizedOperators(OnnxModel model)
    {
        using TestDirectory folder = new();
        using (SessionOptions options = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            OptimizedModelFilePath = folder.File("optimized.onnx"),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        })
        {
            new InferenceSession(model.ToBytes(), options).Dispose();
        }

        // op_type is field 4 of a node: its tag, its length, its text.
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(folder.File("optimized.onnx")));
        return [.. new[] { "QLinearConv", "QLinearAdd" }.SelectMany(name => Enumerable.Repeat(name, text.Split($"\x22{(char)name.Length}{name}").Length - 1))];
    }

    /// <summary>Prints sizes and times, in turns so that all see the same load; nothing depends on them.</summary>
    private void Measure(params (string Name, OnnxModel Model)[] models)
    {
        var input = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { ["x"] = OnnxTensor.Of<float>(new float[3 * 512 * 512], 1, 3, 512, 512) };
        var runners = models.Select(model => new OnnxRunner(model.Model, new OnnxRunnerOptions { Threads = 1 })).ToList();
        var milliseconds = models.Select(_ => new List<double>()).ToList();
        for (var run = 0; run < 5; run++)
        {
            for (var index = 0; index < models.Length; index++)
            {
                var started = Stopwatch.GetTimestamp();
                runners[index].Run(input);
                milliseconds[index].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        foreach (var (model, times) in models.Zip(milliseconds))
        {
            times.Sort();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{model.Name}: {model.Model.ToBytes().Length} bytes, p50 {times[times.Count / 2]:F1} ms, least {times[0]:F1} ms at 512x512 on one thread"));
        }

        runners.ForEach(runner => runner.Dispose());
    }
}
