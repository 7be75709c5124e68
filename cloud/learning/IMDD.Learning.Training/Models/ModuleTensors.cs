using IMDD.Inference.Bundles;
using TorchSharp;

namespace IMDD.Learning.Training.Models;

/// <summary>A module's weights and running statistics as named arrays, in the module's own order.</summary>
public static class ModuleTensors
{
    /// <summary>Copies out. Integer buffers, which only count batches, are left out.</summary>
    public static IReadOnlyList<Float32Tensor> Read(torch.nn.Module module, string prefix)
        => Read(Of(module), prefix);

    /// <summary>Copies named tensors of 32 bits.</summary>
    public static IReadOnlyList<Float32Tensor> Read(IEnumerable<(string Name, torch.Tensor Tensor)> tensors, string prefix)
        => [.. tensors.Select(entry => new Float32Tensor(prefix + entry.Name, [.. entry.Tensor.shape.Select(d => (int)d)], Values(entry.Tensor)))];

    /// <summary>Copies in.</summary>
    /// <exception cref="TrainingException">A tensor is missing or has another shape; the message names it.</exception>
    public static void Write(torch.nn.Module module, string prefix, IReadOnlyDictionary<string, Float32Tensor> tensors)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (var (name, target) in Of(module))
        {
            var source = tensors.GetValueOrDefault(prefix + name) ?? throw new TrainingException($"The weights have no tensor '{prefix + name}'.");
            if (!source.Shape.Select(d => (long)d).SequenceEqual(target.shape))
            {
                throw new TrainingException(
                    $"Tensor '{prefix + name}' has shape [{string.Join(", ", source.Shape)}]: expected [{string.Join(", ", target.shape)}].");
            }

            target.copy_(torch.tensor(source.Values.ToArray()).reshape(target.shape));
        }
    }

    /// <summary>Parameters and float buffers with their names.</summary>
    public static IEnumerable<(string Name, torch.Tensor Tensor)> Of(torch.nn.Module module)
        => module.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter))
            .Concat(module.named_buffers().Where(b => b.buffer.dtype == torch.ScalarType.Float32).Select(b => (b.name, b.buffer)));

    private static float[] Values(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }
}
