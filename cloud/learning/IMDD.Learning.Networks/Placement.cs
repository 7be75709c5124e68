using static TorchSharp.torch;

namespace IMDD.Learning.Networks;

/// <summary>Where a network's parameters are made, and of which element type.</summary>
/// <param name="Device">The CPU where null; on <c>meta</c> a network has names and shapes and no memory.</param>
/// <param name="Type">32-bit floats where null.</param>
public readonly record struct Placement(Device? Device = null, ScalarType? Type = null)
{
    /// <summary>Names and shapes alone.</summary>
    public static Placement Meta => new(device("meta"));

    internal TorchSharp.Modules.Linear Linear(long from, long to, bool bias = true) => nn.Linear(from, to, bias, Device, Type);

    internal TorchSharp.Modules.Conv2d Convolution(long from, long to, long kernel, long stride = 1, long padding = 0, bool bias = true)
        => nn.Conv2d(from, to, kernel, stride, padding, bias: bias, device: Device, dtype: Type);

    internal TorchSharp.Modules.GroupNorm GroupNorm(long groups, long channels, double epsilon)
    {
        var norm = nn.GroupNorm(groups, channels, epsilon, device: Device, dtype: Type);

        // TorchSharp 0.107 leaves these two as the memory it was given.
        nn.init.ones_(norm.weight);
        nn.init.zeros_(norm.bias);
        return norm;
    }

    internal TorchSharp.Modules.LayerNorm LayerNorm(long width, double epsilon = 1e-5) => nn.LayerNorm(width, epsilon, device: Device, dtype: Type);

    internal TorchSharp.Modules.Embedding Embedding(long count, long width) => nn.Embedding(count, width, device: Device, dtype: Type);
}
