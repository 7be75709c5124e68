using IMDD.Learning.Onnx.Graph;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A graph with the shipped one's inputs and outputs that costs what a test wants: convolutions one after the other, none of which can be left out.</summary>
internal static class TestGraph
{
    private const int Channels = 8;
    private const int EmbeddingLength = 15;

    /// <summary>Writes it.</summary>
    /// <param name="convolutions">How many; with a few dozen they are nearly all of its cost.</param>
    /// <param name="takesReference">Compares with a known-good picture.</param>
    public static byte[] Build(int convolutions, bool takesReference = false)
    {
        OnnxGraphBuilder graph = new("work");
        var batch = OnnxDimension.Symbolic("B");
        OnnxShape pictures = [batch, OnnxDimension.Symbolic("H", 16), OnnxDimension.Symbolic("W", 16), 3];
        var image = graph.Cast(graph.Input("image", OnnxElementType.UInt8, pictures), OnnxElementType.Float);
        if (takesReference)
        {
            image = graph.Sub(image, graph.Cast(graph.Input("reference", OnnxElementType.UInt8, pictures), OnnxElementType.Float));
        }

        var text = graph.Input("text", OnnxElementType.Float, [OnnxDimension.Symbolic("K"), 1]);
        var planes = graph.AveragePool(graph.Mul(graph.Transpose(image, 0, 3, 1, 2), graph.Scalar(1f / 255)), 2);
        var value = graph.Conv(planes, Weights(graph, 3), bias: null, OnnxWindow.Square(3, padding: 1));
        for (var i = 0; i < convolutions; i++)
        {
            // A saturation between two: else they were one.
            value = graph.Tanh(graph.Conv(value, Weights(graph, Channels), bias: null, OnnxWindow.Square(3, padding: 1)));
        }

        // Nothing that it sees is a defect to it; yet all that was computed is in the answer.
        var defect = graph.Squeeze(graph.Mul(graph.Sigmoid(graph.ReduceMean(value, 1)), graph.Scalar(0.1f)), 1);
        graph.Output("class", graph.ExpandLike(graph.Unsqueeze(graph.Cast(graph.ArgMax(text, 0), OnnxElementType.Int32), 0), defect));
        graph.Output("class_score", graph.Mul(defect, graph.ReduceMax(text, 0, 1)));
        graph.Output("class_margin", graph.ExpandLike(graph.Constant("one", [1f], 1, 1, 1), defect));
        graph.Output("image_score", graph.Squeeze(graph.ReduceMax(defect, 1, 2), 1, 2));
        var mean = graph.Squeeze(graph.ReduceMean(planes, 2, 3), 2, 3);
        graph.Output("embedding", graph.Concat(1, [.. Enumerable.Repeat(mean, EmbeddingLength / 3)]));
        graph.Output("defect", defect);
        return graph.Build("IMDD.Edge.Agent.Tests", "1", "Work for a clock.");
    }

    private static OnnxValue Weights(OnnxGraphBuilder graph, int inputs)
    {
        Random random = new(inputs);
        float[] weights = [.. Enumerable.Range(0, Channels * inputs * 9).Select(_ => (random.NextSingle() - 0.5f) / 4)];
        return graph.Constant("weights", weights, Channels, inputs, 3, 3);
    }
}
