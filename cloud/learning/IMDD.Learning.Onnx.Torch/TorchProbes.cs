using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch;

/// <summary>Runs a network and keeps what it made of its inputs.</summary>
public static class TorchProbes
{
    /// <summary>One run of a network.</summary>
    /// <param name="name">Name of the probe.</param>
    /// <param name="inputs">By the names of the model's inputs, in the order that <paramref name="forward"/> wants them.</param>
    /// <param name="outputs">Names of the model's outputs, in the order that <paramref name="forward"/> gives them.</param>
    /// <param name="forward">The network in eval mode; what it allocates is disposed afterwards.</param>
    public static OnnxProbe Record(
        string name, IReadOnlyList<(string Name, Tensor Value)> inputs, IReadOnlyList<string> outputs, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> forward)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var results = forward([.. inputs.Select(input => input.Value)]);
        if (results.Count != outputs.Count)
        {
            throw new OnnxGraphException($"The network gives {results.Count} tensors; {outputs.Count} names were given for them.");
        }

        return new OnnxProbe(
            name,
            inputs.ToDictionary(input => input.Name, input => input.Value.ToOnnx(), StringComparer.Ordinal),
            outputs.Zip(results).ToDictionary(output => output.First, output => output.Second.ToOnnx(), StringComparer.Ordinal));
    }

    /// <summary>One run of a module of one tensor in and one out, as <c>x</c> and <c>y</c>.</summary>
    public static OnnxProbe Record(string name, nn.Module<Tensor, Tensor> module, Tensor input)
        => Record(name, [("x", input)], ["y"], tensors => [module.call(tensors[0])]);
}
