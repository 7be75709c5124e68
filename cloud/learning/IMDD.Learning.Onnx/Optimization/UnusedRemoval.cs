using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Optimization;

/// <summary>Drops nodes and constants that no output needs, and nodes that only pass a value on.</summary>
internal static class UnusedRemoval
{
    public static void Run(OnnxGraph graph)
    {
        foreach (var node in graph.Nodes.Where(node => PassesOn(graph, node)).ToList())
        {
            graph.ReplaceUses(node.Outputs[0], node.Inputs[0]!);
        }

        HashSet<OnnxValue> needed = [.. graph.Outputs];
        for (var index = graph.Nodes.Count - 1; index >= 0; index--)
        {
            var node = graph.Nodes[index];
            if (!node.Outputs.Any(needed.Contains))
            {
                graph.Nodes.RemoveAt(index);
                continue;
            }

            needed.UnionWith(node.Inputs.OfType<OnnxValue>());
        }

        graph.Constants.RemoveAll(constant => !needed.Contains(constant));
    }

    // What an output of the graph is named after stays.
    private static bool PassesOn(OnnxGraph graph, OnnxNode node) => node.Domain.Length == 0
        && !graph.Outputs.Contains(node.Outputs[0])
        && node.Op switch
        {
            "Identity" => true,
            "Cast" => node.Inputs[0]!.Type == node.Outputs[0].Type,
            "Reshape" or "Expand" => IsKnown(node.Outputs[0].Shape) && node.Inputs[0]!.Shape.Equals(node.Outputs[0].Shape),
            _ => false,
        };

    // A symbol on both sides is the same number only where nothing is computed from it.
    private static bool IsKnown(OnnxShape shape) => shape.All(dimension => dimension.Value is not null);
}
