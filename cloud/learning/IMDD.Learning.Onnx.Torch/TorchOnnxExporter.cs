using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using IMDD.Learning.Onnx.Graph;
using TorchSharp;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>Turns a TorchSharp module into an ONNX model. The module stays as it is, and no tensor of it is kept.</summary>
public static class TorchOnnxExporter
{
    /// <summary>Key of the metadata with the digest of the network's state, see <see cref="StateDigest"/>.</summary>
    public const string StateKey = "state_sha256";

    /// <summary>Exports a module.</summary>
    /// <param name="module">In eval mode.</param>
    /// <param name="inputs">What its <c>forward</c> takes, in its order.</param>
    /// <param name="outputs">Names for what its <c>forward</c> gives, in its order.</param>
    /// <param name="options">How.</param>
    /// <exception cref="OnnxExportException">A module is not known, in training mode, or does not fit; the message has its path.</exception>
    public static OnnxModel Export(
        torch.nn.Module module, IReadOnlyList<OnnxInput> inputs, IReadOnlyList<string> outputs, TorchExportOptions? options = null)
    {
        options ??= new TorchExportOptions();
        RefuseTraining(module);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        OnnxGraphBuilder graph = new(options.Name, options.Opset);
        OnnxModuleScope onnx = new(graph, module, options);
        var values = inputs.Select(input => graph.Input(input.Name, input.Type, input.Shape)).ToArray();
        var results = onnx.CallMany(module, values);
        if (results.Count != outputs.Count)
        {
            throw new OnnxExportException("(root)", module.GetType().Name, $"gives {results.Count} tensors; {outputs.Count} names were given for them.");
        }

        foreach (var (name, result) in outputs.Zip(results))
        {
            graph.Output(name, result);
        }

        OnnxModelInfo info = new("IMDD.Learning.Onnx.Torch", Version(), options.Documentation) { Metadata = options.Metadata };
        return graph.ToModel(
            info.With(StateKey, StateDigest(module, options.Weights)).With("precision", "fp32").With("opset", options.Opset.ToString(CultureInfo.InvariantCulture)),
            options.Optimizations);
    }

    /// <summary>Exports a module of one tensor in and one out, as <c>x</c> and <c>y</c>.</summary>
    /// <param name="module">In eval mode.</param>
    /// <param name="input">Shape of what goes in; what may vary is a symbol.</param>
    /// <param name="options">How.</param>
    /// <exception cref="OnnxExportException">A module is not known, in training mode, or does not fit; the message has its path.</exception>
    public static OnnxModel Export(torch.nn.Module<torch.Tensor, torch.Tensor> module, OnnxShape input, TorchExportOptions? options = null)
        => Export(module, [OnnxInput.Floats("x", input)], ["y"], options);

    /// <summary>SHA-256 over name, type, shape and content of every parameter and buffer, in order of their names.</summary>
    /// <param name="module">The network.</param>
    /// <param name="weights">Where the values of those are that have none themselves.</param>
    public static string StateDigest(torch.nn.Module module, Func<string, OnnxTensor>? weights = null)
    {
        using var scope = torch.NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var content = tensor.device_type == DeviceType.META && weights is not null ? weights(name) : tensor.ToOnnx();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {content}\n"));
            hash.AppendData(content.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void RefuseTraining(torch.nn.Module module)
    {
        foreach (var (path, child) in module.named_modules())
        {
            if (child.training)
            {
                throw new OnnxExportException(path, child.GetType().Name, "is in training mode; call eval() on the network first.");
            }
        }
    }

    private static string Version()
        => typeof(TorchOnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
