using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>
/// Which nodes compute in eight bits, and which values are bytes. Convolutions and products with constant weights do; what lies behind one
/// and only moves or joins values does too, so that they need not go through floats. Norms, softmax and the sigmoid of SiLU never do.
/// </summary>
internal sealed class Int8Plan
{
    private static readonly HashSet<string> Moving = new(StringComparer.Ordinal)
    {
        "Add", "AveragePool", "Concat", "GlobalAveragePool", "LeakyRelu", "MaxPool", "Reshape", "Transpose",
    };

    private readonly Dictionary<OnnxValue, List<OnnxNode>> _users = [];
    private readonly HashSet<OnnxValue> _outputs;
    private readonly HashSet<OnnxNode> _means;

    public Int8Plan(OnnxGraph graph, Int8Options options)
    {
        _outputs = [.. graph.Outputs];
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs.OfType<OnnxValue>().Distinct())
            {
                _users.TryAdd(input, []);
                _users[input].Add(node);
            }
        }

        _means = [.. graph.Nodes.Where(node => IsLayer(node) && MeanWeights.Are(node))];
        var candidates = graph.Nodes.Where(IsLayer).ToDictionary(layer => layer, Behind);
        HashSet<OnnxNode> notFirst = [.. candidates.Where(layer => !_means.Contains(layer.Key)).SelectMany(layer => layer.Value)];
        HashSet<OnnxNode> last = [.. LastLayers(graph, candidates)];
        Kept = [.. candidates.Keys.Where(layer => (options.KeepFirst && !notFirst.Contains(layer)) || (options.KeepLast && last.Contains(layer)) || IsNamed(layer, options))];
        foreach (var node in graph.Nodes)
        {
            if (IsLayer(node) && !Kept.Contains(node))
            {
                Nodes.Add(node);
                Activations.Add(node.Inputs[0]!);
                if (node.Op == "Conv")
                {
                    Activations.Add(AfterRectifier(node.Outputs[0]));
                }
            }
            else if (IsMoving(node) && Floats(node).Any() && Floats(node).All(IsFromBytes))
            {
                Nodes.Add(node);
                Activations.UnionWith(Floats(node));
                Activations.Add(AfterRectifier(node.Outputs[0]));
            }
        }
    }

    /// <summary>The nodes that compute in eight bits.</summary>
    public HashSet<OnnxNode> Nodes { get; } = [];

    /// <summary>Convolutions and products that stay in floats.</summary>
    public HashSet<OnnxNode> Kept { get; }

    /// <summary>The values that are bytes.</summary>
    public HashSet<OnnxValue> Activations { get; } = [];

    /// <summary>The axis of a layer's weights that counts its outputs.</summary>
    public static int OutputAxis(OnnxNode layer) => layer.Op == "Conv" || layer.Int("transB", 0) == 1 ? 0 : 1;

    private static bool IsLayer(OnnxNode node) => node.Op is "Conv" or "MatMul" or "Gemm"
        && node.Inputs[0] is { Constant: null, Type: OnnxElementType.Float }
        && node.Inputs[1] is { Constant.Type: OnnxElementType.Float }
        && (node.Inputs.ElementAtOrDefault(2) is not { } bias || IsPerOutput(bias, node))
        && (node.Op != "MatMul" || node.Inputs[1]!.Shape.Rank == 2)
        && (node.Op != "Gemm" || (node.Float("alpha", 1) == 1 && node.Float("beta", 1) == 1 && node.Int("transA", 0) == 0));

    // A bias takes a scale for each output: one that a Gemm broadcasts stays in floats, and its layer with it.
    private static bool IsPerOutput(OnnxValue bias, OnnxNode layer) => bias.Constant is { Type: OnnxElementType.Float, Dimensions: [var length] }
        && length == layer.Inputs[1]!.Constant!.Dimensions[OutputAxis(layer)];

    private static bool IsMoving(OnnxNode node) => node.Op switch
    {
        // Its scales are constants, not values. There is no integer kernel for cubic ones, and repeating bytes takes one thread, floats all of them.
        "Resize" => node.Text("mode", "nearest") == "linear",
        _ => Moving.Contains(node.Op) && node.Inputs.All(input => input is { Constant: null } or { Type: not OnnxElementType.Float }),
    };

    private static IEnumerable<OnnxValue> Floats(OnnxNode node)
        => node.Inputs.OfType<OnnxValue>().Where(input => input is { Type: OnnxElementType.Float, Constant: null });

    private static bool IsNamed(OnnxNode layer, Int8Options options) => options.KeepNames.Any(name => layer.Name.StartsWith(name, StringComparison.Ordinal));

    /// <summary>The nodes whose rounding an output shows: those it is computed from, up to a mean, which takes the rounding of many out again.</summary>
    private static HashSet<OnnxNode> WayTo(OnnxValue output)
    {
        HashSet<OnnxNode> way = [];
        Stack<OnnxValue> values = new([output]);
        while (values.TryPop(out var value))
        {
            if (value.Producer is { Op: not ("ReduceMean" or "GlobalAveragePool") } producer && way.Add(producer))
            {
                foreach (var input in producer.Inputs.OfType<OnnxValue>())
                {
                    values.Push(input);
                }
            }
        }

        return way;
    }

    /// <summary>The layers behind which no other is on the way to an output, or to any.</summary>
    private IEnumerable<OnnxNode> LastLayers(OnnxGraph graph, Dictionary<OnnxNode, HashSet<OnnxNode>> behind)
    {
        IEnumerable<HashSet<OnnxNode>> ways = [.. graph.Outputs.Select(WayTo), [.. graph.Nodes]];
        return ways.SelectMany(way => behind.Where(layer => way.Contains(layer.Key) && !layer.Value.Any(other => way.Contains(other) && !_means.Contains(other))))
            .Select(layer => layer.Key);
    }

    /// <summary>The layers that what a layer gives goes on to, up to the first of each way that has learned what it computes.</summary>
    private HashSet<OnnxNode> Behind(OnnxNode layer)
    {
        HashSet<OnnxNode> found = [];
        HashSet<OnnxValue> seen = [layer.Outputs[0]];
        Stack<OnnxValue> values = new(seen);
        while (values.TryPop(out var value))
        {
            foreach (var user in _users.GetValueOrDefault(value, []))
            {
                if (IsLayer(user))
                {
                    found.Add(user);
                    if (!_means.Contains(user))
                    {
                        continue;
                    }
                }

                foreach (var output in user.Outputs.Where(seen.Add))
                {
                    values.Push(output);
                }
            }
        }

        return found;
    }

    /// <summary>A rectifier after a node costs nothing: a range from zero on cuts off the same.</summary>
    private OnnxValue AfterRectifier(OnnxValue value)
    {
        if (!_outputs.Contains(value) && _users.GetValueOrDefault(value, []) is [var only] && IsRectifier(only))
        {
            Nodes.Add(only);
            return only.Outputs[0];
        }

        return value;
    }

    private static bool IsRectifier(OnnxNode node) => node.Op == "Relu"
        || (node.Op == "Clip" && node.Inputs.Length == 3 && node.Inputs[1]?.Constant is { } low && low.ToSingles()[0] == 0);

    private bool IsFromBytes(OnnxValue value) => value.Producer is { } producer && Nodes.Contains(producer) && Activations.Contains(value);
}
