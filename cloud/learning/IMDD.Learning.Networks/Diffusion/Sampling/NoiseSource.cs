using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>Random numbers by seed, standard normal unless it says otherwise, drawn on the CPU in 32 bits whatever the device, so that every device gets the same.</summary>
public sealed class NoiseSource : IDisposable
{
    private readonly Generator _generator;

    /// <summary>The sequence of a seed.</summary>
    public NoiseSource(ulong seed) => _generator = new Generator(seed, CPU);

    /// <summary>The next draw.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its element type; 32-bit floats where null.</param>
    /// <param name="device">Where it goes; the CPU where null.</param>
    public Tensor Draw(ReadOnlySpan<long> shape, ScalarType? type = null, Device? device = null)
    {
        using var scope = NewDisposeScope();
        return randn(shape, float32, CPU, generator: _generator).to(type ?? ScalarType.Float32, device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <summary>A draw that looks like a tensor: its shape, element type and device.</summary>
    public Tensor DrawLike(Tensor other) => Draw(other.shape, other.dtype, other.device);

    /// <summary>The next numbers between 0 and 1, all equally likely, in 32 bits.</summary>
    public Tensor DrawUniform(ReadOnlySpan<long> shape, Device? device = null)
    {
        using var scope = NewDisposeScope();
        return rand(shape, float32, CPU, generator: _generator).to(device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();
}
