using System.Globalization;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>The nodes of a model in the order they compute, and its names. Changed by the builder and by passes, nowhere else.</summary>
internal sealed class OnnxGraph(string name, int opset)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    public string Name => name;

    public int Opset => opset;

    public List<OnnxValue> Inputs { get; } = [];

    public List<OnnxValue> Constants { get; } = [];

    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxValue> Outputs { get; } = [];

    public OnnxValue AddInput(string inputName, OnnxElementType type, OnnxShape shape)
    {
        Reserve(inputName);
        OnnxValue value = new(this, inputName, type, shape);
        Inputs.Add(value);
        return value;
    }

    public OnnxValue AddConstant(string hint, OnnxTensor tensor)
    {
        OnnxValue value = new(this, Unique(hint), tensor.Type, [.. tensor.Dimensions.Select(OnnxDimension.Of)]) { Constant = tensor };
        Constants.Add(value);
        return value;
    }

    /// <summary>A node at the end, or before the node at <paramref name="position"/>; its outputs are named after it.</summary>
    public OnnxNode AddNode(
        string hint,
        string op,
        string domain,
        OnnxValue?[] inputs,
        IReadOnlyList<(OnnxElementType Type, OnnxShape Shape)> outputs,
        IReadOnlyList<OnnxAttribute> attributes,
        int? position = null)
    {
        var unique = Unique(hint);
        OnnxNode node = new(unique, op, domain, inputs, attributes)
        {
            Outputs = [.. outputs.Select((output, index) => new OnnxValue(this, index == 0 ? unique : Unique($"{hint}_out{index}"), output.Type, output.Shape))],
        };
        Nodes.Insert(position ?? Nodes.Count, node);
        foreach (var output in node.Outputs)
        {
            output.Producer = node;
        }

        return node;
    }

    /// <summary>Lets whoever took one value take another; outputs of the graph stay.</summary>
    public void ReplaceUses(OnnxValue old, OnnxValue replacement)
    {
        foreach (var node in Nodes)
        {
            for (var index = 0; index < node.Inputs.Length; index++)
            {
                if (node.Inputs[index] == old)
                {
                    node.Inputs[index] = replacement;
                }
            }
        }
    }

    /// <summary>Lets a node give a value that another gave so far.</summary>
    public static void Rebind(OnnxNode node, OnnxValue value)
    {
        node.Outputs[0] = value;
        value.Producer = node;
    }

    /// <summary>For each value, how often a node takes it or the graph gives it.</summary>
    public Dictionary<OnnxValue, int> CountUses()
    {
        Dictionary<OnnxValue, int> uses = [];
        foreach (var value in Nodes.SelectMany(node => node.Inputs).OfType<OnnxValue>().Concat(Outputs))
        {
            uses[value] = uses.GetValueOrDefault(value) + 1;
        }

        return uses;
    }

    /// <summary>A graph of its own with the same nodes and names; the tensors are shared.</summary>
    public OnnxGraph Clone()
    {
        OnnxGraph copy = new(name, opset);
        Dictionary<OnnxValue, OnnxValue> map = [];
        OnnxValue Copy(OnnxValue value) => map[value] = new OnnxValue(copy, value.Name, value.Type, value.Shape) { Constant = value.Constant };

        copy.Inputs.AddRange(Inputs.Select(Copy));
        copy.Constants.AddRange(Constants.Select(Copy));
        foreach (var node in Nodes)
        {
            OnnxNode duplicate = new(node.Name, node.Op, node.Domain, [.. node.Inputs.Select(input => input is null ? null : map[input])], node.Attributes)
            {
                Outputs = [.. node.Outputs.Select(Copy)],
            };
            copy.Nodes.Add(duplicate);
            foreach (var output in duplicate.Outputs)
            {
                output.Producer = duplicate;
            }
        }

        copy.Outputs.AddRange(Outputs.Select(output => map[output]));
        copy._names.UnionWith(_names);
        foreach (var (hint, count) in _counters)
        {
            copy._counters.Add(hint, count);
        }

        return copy;
    }

    public void Reserve(string reserved)
    {
        if (!_names.Add(reserved))
        {
            throw new OnnxGraphException($"The name '{reserved}' is taken.");
        }
    }

    private string Unique(string hint)
    {
        string unique;
        do
        {
            var number = _counters.GetValueOrDefault(hint);
            _counters[hint] = number + 1;
            unique = number == 0 ? hint : string.Create(CultureInfo.InvariantCulture, $"{hint}_{number}");
        }
        while (!_names.Add(unique));
        return unique;
    }
}
