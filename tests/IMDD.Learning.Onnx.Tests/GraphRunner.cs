using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using Microsoft.ML.OnnxRuntime;

namespace IMDD.Learning.Onnx.Tests;

/// <summary>Runs graphs of one float input <c>x</c> and one float output <c>y</c>.</summary>
internal static class GraphRunner
{
    /// <summary>
    /// Builds a graph around <paramref name="body"/> and runs it, without optimisation and with all of it: both must agree, and be of the shape that is inferred.
    /// </summary>
    public static (float[] Values, long[] Shape) Run(OnnxShape declared, long[] shape, float[] input, Func<OnnxGraphBuilder, OnnxValue, OnnxValue> body)
    {
        OnnxGraphBuilder graph = new("test");
        graph.Output("y", body(graph, graph.Input("x", OnnxElementType.Float, declared)));
        var model = graph.Build("test", "1", "");
        var plain = Run(model, shape, input, GraphOptimizationLevel.ORT_DISABLE_ALL);
        var optimised = Run(model, shape, input, GraphOptimizationLevel.ORT_ENABLE_ALL);
        optimised.Shape.ShouldBe(plain.Shape);
        for (var index = 0; index < plain.Values.Length; index++)
        {
            optimised.Values[index].ShouldBe(plain.Values[index], 1e-5f);
        }

        OnnxParityGate.Require(
            graph.ToModel(new OnnxModelInfo("test", "1", "")),
            [new OnnxProbe("run", Named("x", OnnxTensor.Of<float>(input, shape)), Named("y", OnnxTensor.Of<float>(plain.Values, plain.Shape)))]);
        return plain;
    }

    private static Dictionary<string, OnnxTensor> Named(string name, OnnxTensor tensor) => new(StringComparer.Ordinal) { [name] = tensor };

    private static (float[] Values, long[] Shape) Run(byte[] model, long[] shape, float[] input, GraphOptimizationLevel level)
    {
        using SessionOptions options = new() { GraphOptimizationLevel = level, IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(model, options);
        using var x = OrtValue.CreateTensorValueFromMemory(input, shape);
        using RunOptions run = new();
        using var outputs = session.Run(run, ["x"], [x], ["y"]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
    }
}
