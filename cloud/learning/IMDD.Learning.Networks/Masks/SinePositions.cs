using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Masks;

/// <summary>Positions as sinusoids (Carion et al. 2020): half the width for rows, half for columns, both normalised to 2π.</summary>
internal static class SinePositions
{
    private const double Temperature = 10_000;
    private const double Epsilon = 1e-6;

    /// <returns>[1, width, height, width of the map].</returns>
    public static Tensor Of(long height, long width, long channels, Device device)
    {
        using var scope = NewDisposeScope();
        var rows = Axis(height, channels / 2, device).t().unsqueeze(-1).expand(-1, -1, width);
        var columns = Axis(width, channels / 2, device).t().unsqueeze(1).expand(-1, height, -1);
        return cat([rows, columns], 0).unsqueeze(0).MoveToOuterDisposeScope();
    }

    // [length, channels]: sine and cosine of each frequency side by side.
    private static Tensor Axis(long length, long channels, Device device)
    {
        var positions = arange(1, length + 1, dtype: float32, device: device) / (length + Epsilon) * (2 * Math.PI);
        var index = arange(channels, dtype: float32, device: device);
        var divisors = pow(Temperature, 2 * index.div(2).floor() / channels);
        var angles = positions.unsqueeze(1) / divisors;
        var even = angles.slice(1, 0, channels, 2).sin();
        var odd = angles.slice(1, 1, channels, 2).cos();
        return stack([even, odd], 2).flatten(1);
    }
}
