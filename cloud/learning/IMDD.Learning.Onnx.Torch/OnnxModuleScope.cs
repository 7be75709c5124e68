using IMDD.Learning.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>Where a module is exported to: the graph, with names and errors that carry the module's path.</summary>
public sealed class OnnxModuleScope
{
    private const string Root = "(root)";

    private readonly Dictionary<torch.nn.Module, string> _paths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<torch.Tensor, string> _parameters = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _current = new([""]);

    internal OnnxModuleScope(OnnxGraphBuilder graph, torch.nn.Module root, TorchExportOptions options)
    {
        Graph = graph;
        Options = options;
        _paths.Add(root, "");
        foreach (var (path, module) in root.named_modules())
        {
            _paths.TryAdd(module, path);
        }

        foreach (var (name, parameter) in root.named_parameters())
        {
            _parameters.TryAdd(parameter, name);
        }
    }

    /// <summary>The graph under construction.</summary>
    public OnnxGraphBuilder Graph { get; }

    /// <summary>What was asked for.</summary>
    public TorchExportOptions Options { get; }

    /// <summary>Path of the module that is being exported.</summary>
    public string Path => Named(_current.Peek());

    /// <summary>Adds a child module of one tensor in and one out.</summary>
    /// <exception cref="OnnxExportException">It is not known how to export it, or it does not fit what it gets.</exception>
    public OnnxValue Call(torch.nn.Module module, OnnxValue input)
    {
        var outputs = CallMany(module, input);
        return outputs.Count == 1
            ? outputs[0]
            : throw new OnnxExportException(PathOf(module), module.GetType().Name, $"gives {outputs.Count} tensors; expected one.");
    }

    /// <summary>Adds a child module of any number of tensors in and out.</summary>
    /// <exception cref="OnnxExportException">It is not known how to export it, or it does not fit what it gets.</exception>
    public IReadOnlyList<OnnxValue> CallMany(torch.nn.Module module, params IReadOnlyList<OnnxValue> inputs)
    {
        var path = PathOf(module);
        var type = module.GetType().Name;
        if (module.training)
        {
            throw new OnnxExportException(Named(path), type, "is in training mode; call eval() on the network first.");
        }

        _current.Push(path);
        try
        {
            using var scope = Nested(path);
            return module switch
            {
                IOnnxMultiExportable many => many.ExportOnnx(this, inputs),
                IOnnxExportable one when inputs.Count == 1 => [one.ExportOnnx(this, inputs[0])],
                IOnnxExportable => throw new OnnxGraphException($"got {inputs.Count} inputs; expected one."),
                _ => (Options.Converters.Find(module) ?? throw new OnnxGraphException(
                    $"it is not known how to export this type: let it implement {nameof(IOnnxExportable)}, or add a converter for it."))(this, module, inputs),
            };
        }
        catch (OnnxGraphException exception)
        {
            throw new OnnxExportException(Named(path), type, exception.Message, exception);
        }
        finally
        {
            _current.Pop();
        }
    }

    /// <summary>A parameter or buffer as a constant, of the type that <see cref="TorchTensors.ToOnnx"/> gives: halves stay, doubles become 32-bit floats.</summary>
    /// <param name="name">Last part of its name.</param>
    /// <param name="tensor">It.</param>
    /// <param name="isTransposed">Rows and columns of a matrix change places.</param>
    public OnnxValue Parameter(string name, torch.Tensor tensor, bool isTransposed = false)
    {
        if (tensor.device_type != DeviceType.META)
        {
            using var scope = torch.NewDisposeScope();
            return Graph.Constant(name, (isTransposed ? tensor.t() : tensor).ToOnnx());
        }

        var stored = Stored(NameOf(tensor), tensor.shape);
        return Graph.Constant(name, isTransposed ? Transposed(stored) : stored);
    }

    /// <summary>The same where there is one.</summary>
    public OnnxValue? Optional(string name, torch.Tensor? tensor) => tensor is null ? null : Parameter(name, tensor);

    /// <summary>A parameter to compute a constant from: itself, or where it has no values those of <see cref="TorchExportOptions.Weights"/>.</summary>
    /// <returns>The parameter, or a tensor of the current scope.</returns>
    public torch.Tensor Value(torch.Tensor parameter)
        => parameter.device_type != DeviceType.META ? parameter : Stored(NameOf(parameter), parameter.shape).ToTorch();

    /// <summary>The same of the rows of an embedding, which TorchSharp hands out as another object each time.</summary>
    public torch.Tensor Value(Embedding module)
        => module.weight!.device_type != DeviceType.META ? module.weight : Stored($"{PathOf(module)}.weight", module.weight.shape).ToTorch();

    /// <summary>Attention over heads that lie side by side, in the flavour that was asked for.</summary>
    /// <param name="query"><c>[B, Q, heads·D]</c>.</param>
    /// <param name="key"><c>[B, K, heads·D]</c>.</param>
    /// <param name="value"><c>[B, K, heads·V]</c>.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="bias">Added to the scores; <c>[1 or B, 1 or heads, Q, K]</c>. Or none.</param>
    /// <returns><c>[B, Q, heads·V]</c>.</returns>
    public OnnxValue Attention(OnnxValue query, OnnxValue key, OnnxValue value, long heads, OnnxValue? bias = null) => Options.UseMicrosoftAttention
        ? Graph.MicrosoftAttention(query, key, value, heads, bias)
        : Graph.JoinHeads(Graph.Attention(Graph.SplitHeads(query, heads), Graph.SplitHeads(key, heads), Graph.SplitHeads(value, heads), bias));

    private static string Named(string path) => path.Length == 0 ? Root : path;

    private string NameOf(torch.Tensor tensor) => _parameters.GetValueOrDefault(tensor)
        ?? throw new OnnxGraphException($"a tensor of [{string.Join(", ", tensor.shape)}] has no values and is no parameter of the network.");

    private OnnxTensor Stored(string name, long[] shape)
    {
        var stored = (Options.Weights ?? throw new OnnxGraphException($"parameter '{name}' has no values, and {nameof(TorchExportOptions)}.{nameof(Options.Weights)} is not given."))(name);
        return stored.Type == OnnxElementType.Float && stored.Dimensions.SequenceEqual(shape)
            ? stored
            : throw new OnnxGraphException($"parameter '{name}' is stored as {stored}; expected Float [{string.Join(", ", shape)}].");
    }

    private static OnnxTensor Transposed(OnnxTensor matrix) => OnnxTensor.Deferred(matrix.Type, [matrix.Dimensions[1], matrix.Dimensions[0]], () =>
    {
        using var scope = torch.NewDisposeScope();
        return matrix.ToTorch().t().ToOnnx().Bytes;
    });

    private string PathOf(torch.nn.Module module) => _paths.GetValueOrDefault(module)
        ?? $"{_current.Peek()}.(not registered)".TrimStart('.');

    private IDisposable? Nested(string path)
    {
        // The current path is the module's own by now; below it stands whoever calls.
        var caller = _current.ElementAtOrDefault(1) ?? "";
        var name = path.StartsWith(caller + '.', StringComparison.Ordinal) ? path[(caller.Length + 1)..] : path;
        return name.Length == 0 ? null : Graph.Scope(name.Replace('.', '/'));
    }
}
