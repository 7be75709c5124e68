using IMDD.Learning.Weights.Configurations;
using IMDD.Learning.Weights.Files;
using IMDD.Learning.Weights.Layouts;
using IMDD.Safetensors;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>A checkpoint of drawn weights, written a tensor at a time.</summary>
internal static class DrawnCheckpoint
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="configuration">The model.</param>
    /// <param name="seed">Of all weights.</param>
    public static void Write(string path, FoundationConfiguration configuration, ulong seed)
    {
        using Generator generator = new(seed);
        SafetensorsWriter.Write(
            path,
            [.. FoundationLayout.Of(configuration).Shapes.Select(tensor => Drawn(tensor.Key, tensor.Value, generator))],
            new Dictionary<string, string>(StringComparer.Ordinal) { [StoredConfiguration.Key] = configuration.ToJson() });
    }

    // Matrices keep the size of what goes through them; scales are near one, biases near zero.
    private static SafetensorsTensor Drawn(string name, long[] shape, Generator generator) => new(name, SafetensorsType.F32, shape, stream =>
    {
        using var scope = NewDisposeScope();
        var inputs = shape.Skip(1).Aggregate(1L, (product, length) => product * length);
        var values = shape.Length > 1 ? randn(shape, generator: generator) / Math.Sqrt(inputs)
            : name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) ? 1 + (0.02 * randn(shape, generator: generator))
            : 0.02 * randn(shape, generator: generator);
        stream.Write(values.contiguous().bytes);
    });
}
