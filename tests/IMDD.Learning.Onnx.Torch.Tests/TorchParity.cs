using IMDD.Learning.Onnx.Graph;
using IMDD.Learning.Onnx.Parity;
using static TorchSharp.torch;

namespace IMDD.Learning.Onnx.Torch.Tests;

/// <summary>Exports modules of one tensor in and one out and compares them with what TorchSharp computes.</summary>
internal static class TorchParity
{
    public static readonly OnnxDimension B = OnnxDimension.Symbolic("B");

    /// <summary>A module with parameters and statistics that are not the ones it starts with, in eval mode.</summary>
    public static TModule Prepared<TModule>(TModule module, int seed = 5)
        where TModule : nn.Module
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var (name, tensor) in module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (tensor.dtype != ScalarType.Float32)
            {
                continue;
            }

            var noise = randn(tensor.shape, generator: generator);

            // Variances are positive; scales keep away from zero; weights keep activations of the order of one.
            var values = name.EndsWith("running_var", StringComparison.Ordinal) ? noise.abs().add(0.5)
                : tensor.dim() <= 1 ? noise.mul(0.2).add(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0)
                : noise.div(Math.Sqrt(tensor.numel() / (double)tensor.shape[0]));
            tensor.copy_(values);
        }

        module.eval();
        return module;
    }

    /// <summary>Exports for a declared shape and compares on inputs of given shapes.</summary>
    public static (OnnxModel Model, ParityReport Report) Check(
        nn.Module<Tensor, Tensor> module, OnnxShape declared, IReadOnlyList<long[]> shapes, TorchExportOptions? options = null)
    {
        var model = TorchOnnxExporter.Export(module, declared, options);
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        List<OnnxProbe> probes = [.. shapes.Select((shape, index) => TorchProbes.Record($"{index}", module, randn(shape, generator: generator)))];
        var report = OnnxParityGate.Check(model, probes);
        report.Passed.ShouldBeTrue(report.ToString());
        return (model, report);
    }
}
