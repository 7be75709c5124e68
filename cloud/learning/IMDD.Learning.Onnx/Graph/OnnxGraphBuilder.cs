using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using IMDD.Learning.Onnx.Protos;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// Writes an ONNX model. Operators are extension methods (<see cref="OnnxArithmetic"/>, <see cref="OnnxReduction"/>,
/// <see cref="OnnxShaping"/>, <see cref="OnnxSpatial"/>) that check types and shapes when they are added, so that a mistake is reported
/// where it is made and not when a runtime loads the file. The same calls give the same bytes.
/// </summary>
public sealed class OnnxGraphBuilder
{
    /// <summary>Operator set of the default domain: the newest that older runtimes and accelerators' parsers all take.</summary>
    public const int Opset = 17;

    // The IR version that came with opset 17.
    private const int IrVersion = 8;

    private readonly GraphProto _graph = new();
    private readonly List<(NodeProto Node, OnnxValue[] Inputs, OnnxValue[] Outputs)> _nodes = [];
    private readonly List<(string Name, OnnxValue Value)> _outputs = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);
    private readonly Stack<string> _scopes = [];

    public OnnxGraphBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _graph.Name = name;
    }

    /// <summary>Prefixes the names of what is added until it is disposed, so that a graph's parts can be told apart in a viewer.</summary>
    public IDisposable Scope(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _scopes.Push(_scopes.TryPeek(out var outer) ? $"{outer}/{name}" : name);
        return new OnnxScope(_scopes);
    }

    /// <summary>An input of the graph.</summary>
    public OnnxValue Input(string name, OnnxElementType type, OnnxShape shape)
    {
        Reserve(name);
        _graph.Input.Add(Describe(name, type, shape));
        return new OnnxValue(this, name, type, shape, isNodeOutput: false);
    }

    /// <summary>A constant tensor of floats, row-major.</summary>
    public OnnxValue Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
        => Constant(name, values, OnnxElementType.Float, shape);

    /// <summary>A constant tensor of 64-bit integers, row-major.</summary>
    public OnnxValue Constant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape)
        => Constant(name, values, OnnxElementType.Int64, shape);

    /// <summary>A constant without dimensions.</summary>
    public OnnxValue Scalar(float value) => Constant("scalar", [value]);

    /// <summary>A one-dimensional constant, such as a target shape.</summary>
    public OnnxValue Vector(params ReadOnlySpan<long> values) => Constant("vector", values, values.Length);

    /// <summary>Adds a node with one output.</summary>
    public OnnxValue Node(
        string op, ReadOnlySpan<OnnxValue> inputs, OnnxElementType type, OnnxShape shape, params ReadOnlySpan<OnnxAttribute> attributes)
        => Node(op, inputs, [(type, shape)], attributes)[0];

    /// <summary>Adds a node of any operator of the opset; the caller answers for the outputs' types and shapes.</summary>
    public IReadOnlyList<OnnxValue> Node(
        string op,
        ReadOnlySpan<OnnxValue> inputs,
        IReadOnlyList<(OnnxElementType Type, OnnxShape Shape)> outputs,
        params ReadOnlySpan<OnnxAttribute> attributes)
    {
        foreach (var input in inputs)
        {
            if (input.Graph != this)
            {
                throw new OnnxGraphException($"{op} got {input} of another graph.");
            }
        }

        var name = Unique(op);
        NodeProto node = new() { Name = name, OpType = op };
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute.Proto);
        }

        var values = outputs
            .Select((output, index) => new OnnxValue(this, index == 0 ? name : Unique($"{op}_out{index}"), output.Type, output.Shape, isNodeOutput: true))
            .ToArray();
        _nodes.Add((node, inputs.ToArray(), values));
        return values;
    }

    /// <summary>Makes a value an output of the graph.</summary>
    public void Output(string name, OnnxValue value)
    {
        if (value.Graph != this)
        {
            throw new OnnxGraphException($"Output '{name}' is {value} of another graph.");
        }

        // An input, a constant, or what is an output already under another name needs a node of its own to bear this one.
        if (!value.IsNodeOutput || _outputs.Any(output => output.Value == value))
        {
            value = Node("Identity", [value], value.Type, value.Shape);
        }

        Reserve(name);
        value.Name = name;
        _outputs.Add((name, value));
    }

    /// <summary>The model's bytes.</summary>
    /// <param name="producer">Who wrote it.</param>
    /// <param name="producerVersion">Its version.</param>
    /// <param name="documentation">What the model is, for people.</param>
    /// <exception cref="OnnxGraphException">No outputs.</exception>
    public byte[] Build(string producer, string producerVersion, string documentation)
    {
        if (_outputs.Count == 0)
        {
            throw new OnnxGraphException($"Graph '{_graph.Name}' has no outputs.");
        }

        var graph = _graph.Clone();
        foreach (var (node, inputs, outputs) in _nodes)
        {
            // Names are final only now: an output of the graph is named after its node was added.
            var named = node.Clone();
            named.Input.Add(inputs.Select(input => input.Name));
            named.Output.Add(outputs.Select(output => output.Name));
            graph.Node.Add(named);
        }

        graph.Output.Add(_outputs.Select(output => Describe(output.Name, output.Value.Type, output.Value.Shape)));
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = producer,
            ProducerVersion = producerVersion,
            DocString = documentation,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        return model.ToByteArray();
    }

    private static ValueInfoProto Describe(string name, OnnxElementType type, OnnxShape shape)
    {
        TensorShapeProto dimensions = new();
        dimensions.Dim.Add(shape.Select(dimension => dimension.Value is { } value
            ? new DimensionProto { DimValue = value }
            : new DimensionProto { DimParam = dimension.ToString() }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = (int)type, Shape = dimensions } },
        };
    }

    private OnnxValue Constant<T>(string name, ReadOnlySpan<T> values, OnnxElementType type, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        long elements = 1;
        List<OnnxDimension> dimensions = [];
        foreach (var dimension in shape)
        {
            elements *= dimension;
            dimensions.Add(dimension);
        }

        if (elements != values.Length)
        {
            throw new OnnxGraphException($"Constant '{name}' has {values.Length} values; its shape holds {elements}.");
        }

        var unique = Unique(name);

        // Little-endian, as ONNX wants it and as every platform of ours is.
        TensorProto tensor = new() { Name = unique, DataType = (int)type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        foreach (var dimension in shape)
        {
            tensor.Dims.Add(dimension);
        }

        _graph.Initializer.Add(tensor);
        return new OnnxValue(this, unique, type, [.. dimensions], isNodeOutput: false);
    }

    private string Unique(string hint)
    {
        var full = _scopes.TryPeek(out var scope) ? $"{scope}/{hint}" : hint;
        string name;
        do
        {
            var number = _counters.GetValueOrDefault(full);
            _counters[full] = number + 1;
            name = number == 0 ? full : string.Create(CultureInfo.InvariantCulture, $"{full}_{number}");
        }
        while (!_names.Add(name));
        return name;
    }

    private void Reserve(string name)
    {
        if (!_names.Add(name))
        {
            throw new OnnxGraphException($"The name '{name}' is taken.");
        }
    }
}
