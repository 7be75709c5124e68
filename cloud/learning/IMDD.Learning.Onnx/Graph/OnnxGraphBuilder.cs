namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// Writes an ONNX graph. Operators are extension methods (<see cref="OnnxArithmetic"/>, <see cref="OnnxActivations"/>,
/// <see cref="OnnxConvolution"/>, <see cref="OnnxLinear"/>, <see cref="OnnxNormalization"/>, <see cref="OnnxReduction"/>,
/// <see cref="OnnxResizing"/>, <see cref="OnnxShaping"/>, <see cref="OnnxSpatial"/>) that check types and infer shapes when they are added,
/// so that a mistake is reported where it is made and not when a runtime loads the file. The same calls give the same bytes.
/// </summary>
public sealed class OnnxGraphBuilder
{
    /// <summary>Operator set of the default domain: the newest that older runtimes and accelerators' parsers all take.</summary>
    public const int DefaultOpset = 17;

    /// <summary>The newest operator set that is written: from 22 on ONNX Runtime's CUDA provider lacks InstanceNormalization.</summary>
    public const int NewestOpset = 21;

    private readonly OnnxGraph _graph;
    private readonly Stack<string> _scopes = [];

    /// <param name="name">Name of the graph.</param>
    /// <param name="opset">
    /// Operator set, <see cref="DefaultOpset"/> to <see cref="NewestOpset"/>: 18 takes a reduction's axes as an input, 19 pads by wrapping
    /// round, 20 has a Gelu node.
    /// </param>
    public OnnxGraphBuilder(string name, int opset = DefaultOpset)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (opset is < DefaultOpset or > NewestOpset)
        {
            throw new OnnxGraphException($"Graph '{name}' asks for opset {opset}; expected {DefaultOpset} to {NewestOpset}.");
        }

        _graph = new OnnxGraph(name, opset);
    }

    /// <summary>Operator set of the default domain.</summary>
    public int Opset => _graph.Opset;

    /// <summary>Prefixes the names of what is added until it is disposed, so that a graph's parts can be told apart in a viewer.</summary>
    public IDisposable Scope(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _scopes.Push(_scopes.TryPeek(out var outer) ? $"{outer}/{name}" : name);
        return new OnnxScope(_scopes);
    }

    /// <summary>An input of the graph.</summary>
    public OnnxValue Input(string name, OnnxElementType type, OnnxShape shape) => _graph.AddInput(name, type, shape);

    /// <summary>A constant tensor of floats, row-major.</summary>
    public OnnxValue Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => Fill(name, values, shape);

    /// <summary>A constant tensor of 64-bit integers, row-major.</summary>
    public OnnxValue Constant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => Fill(name, values, shape);

    /// <summary>A constant tensor.</summary>
    public OnnxValue Constant(string name, OnnxTensor tensor) => _graph.AddConstant(Scoped(name), tensor);

    /// <summary>A constant without dimensions.</summary>
    public OnnxValue Scalar(float value) => Constant("scalar", [value]);

    /// <summary>A one-dimensional constant, such as a target shape.</summary>
    public OnnxValue Vector(params ReadOnlySpan<long> values) => Constant("vector", values, values.Length);

    /// <summary>A constant without dimensions of the type of a value: an operator takes the two of one type.</summary>
    internal OnnxValue ScalarLike(OnnxValue value, float number) => Constant("scalar", OnnxTensor.Of<float>([number]).Cast(value.Type));

    /// <summary>Adds a node with one output.</summary>
    public OnnxValue Node(
        string op, ReadOnlySpan<OnnxValue?> inputs, OnnxElementType type, OnnxShape shape, params ReadOnlySpan<OnnxAttribute> attributes)
        => Node(op, inputs, [(type, shape)], attributes)[0];

    /// <summary>Adds a node of any operator of the opset; the caller answers for the outputs' types and shapes. An input left out is null.</summary>
    public IReadOnlyList<OnnxValue> Node(
        string op,
        ReadOnlySpan<OnnxValue?> inputs,
        IReadOnlyList<(OnnxElementType Type, OnnxShape Shape)> outputs,
        params ReadOnlySpan<OnnxAttribute> attributes) => NodeOf("", op, inputs, outputs, attributes);

    /// <summary>Adds a node of another domain's operator, such as <c>com.microsoft</c>, version 1.</summary>
    public IReadOnlyList<OnnxValue> NodeOf(
        string domain,
        string op,
        ReadOnlySpan<OnnxValue?> inputs,
        IReadOnlyList<(OnnxElementType Type, OnnxShape Shape)> outputs,
        params ReadOnlySpan<OnnxAttribute> attributes)
    {
        foreach (var input in inputs)
        {
            if (input is not null && input.Graph != _graph)
            {
                throw new OnnxGraphException($"{op} got {input} of another graph.");
            }
        }

        return _graph.AddNode(Scoped(op), op, domain, inputs.ToArray(), outputs, attributes.ToArray()).Outputs;
    }

    /// <summary>Makes a value an output of the graph.</summary>
    public void Output(string name, OnnxValue value)
    {
        if (value.Graph != _graph)
        {
            throw new OnnxGraphException($"Output '{name}' is {value} of another graph.");
        }

        // An input, a constant, or what is an output already under another name needs a node of its own to bear this one.
        if (value.Producer is null || _graph.Outputs.Contains(value))
        {
            value = Node("Identity", [value], value.Type, value.Shape);
        }

        _graph.Reserve(name);
        value.Name = name;
        _graph.Outputs.Add(value);
    }

    /// <summary>The model's bytes, node for node as it was written.</summary>
    /// <param name="producer">Who wrote it.</param>
    /// <param name="producerVersion">Its version.</param>
    /// <param name="documentation">What the model is, for people.</param>
    /// <exception cref="OnnxGraphException">No outputs.</exception>
    public byte[] Build(string producer, string producerVersion, string documentation)
        => new OnnxModel(Simplified(OnnxOptimizations.None), new OnnxModelInfo(producer, producerVersion, documentation)).ToBytes();

    /// <summary>What was written so far as a model of its own, by default simplified, whose metadata have the digest of its weights.</summary>
    /// <exception cref="OnnxGraphException">No outputs.</exception>
    public OnnxModel ToModel(OnnxModelInfo info, OnnxOptimizations optimizations = OnnxOptimizations.All)
    {
        var graph = Simplified(optimizations);
        return new OnnxModel(graph, info.With(OnnxModel.WeightsKey, OnnxSerializer.WeightsDigest(graph)));
    }

    private OnnxGraph Simplified(OnnxOptimizations optimizations)
    {
        if (_graph.Outputs.Count == 0)
        {
            throw new OnnxGraphException($"Graph '{_graph.Name}' has no outputs.");
        }

        var graph = _graph.Clone();
        Optimization.OnnxOptimizer.Run(graph, optimizations);
        return graph;
    }

    private OnnxValue Fill<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        long elements = 1;
        foreach (var dimension in shape)
        {
            elements *= dimension;
        }

        return elements == values.Length
            ? Constant(name, OnnxTensor.Of(values, shape))
            : throw new OnnxGraphException($"Constant '{name}' has {values.Length} values; its shape holds {elements}.");
    }

    private string Scoped(string hint) => _scopes.TryPeek(out var scope) ? $"{scope}/{hint}" : hint;
}
