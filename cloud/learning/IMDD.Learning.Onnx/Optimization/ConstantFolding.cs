using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Running;

namespace IMDD.Learning.Onnx.Optimization;

/// <summary>
/// Computes now what depends on constants alone, with ONNX Runtime itself, so that a folded graph gives what the unfolded one would.
/// </summary>
internal static class ConstantFolding
{
    // What grows the file by more than this, such as an expanded scalar, is better computed when the model runs.
    private const long MaxGrowthBytes = 1 << 16;

    public static void Run(OnnxGraph graph)
    {
        FoldShapes(graph);
        HashSet<OnnxValue> known = [.. graph.Constants];
        List<OnnxNode> foldable = [];
        foreach (var node in graph.Nodes.Where(node => IsFoldable(node, known)))
        {
            foldable.Add(node);
            known.UnionWith(node.Outputs);
        }

        // Only what someone outside still takes becomes a constant; what lies between goes with its node.
        HashSet<OnnxNode> folded = [.. foldable];
        var wanted = graph.Nodes.Where(node => !folded.Contains(node))
            .SelectMany(node => node.Inputs)
            .OfType<OnnxValue>()
            .Where(value => value.Producer is { } producer && folded.Contains(producer))
            .Distinct()
            .ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        foreach (var (value, tensor) in Compute(graph, foldable, wanted))
        {
            graph.ReplaceUses(value, graph.AddConstant(value.Name + "/folded", tensor));
        }

        UnusedRemoval.Run(graph);
    }

    /// <summary>The shape of a value whose dimensions are all known is a constant, though the value is not.</summary>
    private static void FoldShapes(OnnxGraph graph)
    {
        foreach (var node in graph.Nodes.Where(node => node.Op == "Shape" && node.Attributes.Count == 0).ToList())
        {
            var dimensions = node.Inputs[0]!.Shape.Select(dimension => dimension.Value).ToList();
            if (dimensions.TrueForAll(dimension => dimension is not null))
            {
                long[] lengths = [.. dimensions.Select(dimension => dimension!.Value)];
                graph.ReplaceUses(node.Outputs[0], graph.AddConstant(node.Name + "/folded", OnnxTensor.Of<long>(lengths, lengths.Length)));
            }
        }
    }

    private static bool IsFoldable(OnnxNode node, HashSet<OnnxValue> known)
    {
        if (node.Domain.Length > 0 || node.Inputs.Length == 0 || !node.Inputs.All(input => input is null || known.Contains(input)))
        {
            return false;
        }

        // What the weights of a lower precision are read through stays as it is.
        return node.Op is not ("QuantizeLinear" or "DequantizeLinear")
            && node.Outputs.All(output => output.Shape.All(dimension => dimension.Value is not null))
            && node.Outputs.Sum(Bytes) <= node.Inputs.OfType<OnnxValue>().Sum(Bytes) + MaxGrowthBytes;
    }

    private static long Bytes(OnnxValue value)
        => value.Shape.Aggregate((long)OnnxTensor.SizeOf(value.Type), (product, dimension) => product * (dimension.Value ?? 1));

    private static IEnumerable<(OnnxValue Value, OnnxTensor Tensor)> Compute(OnnxGraph graph, List<OnnxNode> nodes, List<OnnxValue> wanted)
    {
        OnnxGraph part = new(graph.Name, graph.Opset);
        part.Nodes.AddRange(nodes);
        part.Constants.AddRange(nodes.SelectMany(node => node.Inputs).OfType<OnnxValue>().Where(value => value.Constant is not null).Distinct());
        part.Outputs.AddRange(wanted);
        using OnnxRunner runner = new(new OnnxModel(part, new OnnxModelInfo("", "", "")), new OnnxRunnerOptions { Optimize = false });
        var results = runner.Run(new Dictionary<string, OnnxTensor>(StringComparer.Ordinal));
        return [.. wanted.Select(value => (value, results[value.Name]))];
    }
}
