using IMDD.Learning.Onnx.Graph;
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
    /// <summary>Adds the positions of a map's cells to a graph, whatever its size turns out to be.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="map">[B, C, h, w].</param>
    /// <param name="channels">Width of a position, even.</param>
    /// <returns>[1, h · w, channels].</returns>
    public static OnnxValue Export(OnnxGraphBuilder graph, OnnxValue map, int channels)
    {
        var half = channels / 2;
        var rows = graph.Unsqueeze(Axis(graph, map, 2, half), 0, 2);
        var columns = graph.Unsqueeze(Axis(graph, map, 3, half), 0, 1);
        var zero = graph.Scalar(0);
        var all = graph.Concat(3, graph.Add(rows, graph.Mul(columns, zero)), graph.Add(columns, graph.Mul(rows, zero)));
        return graph.Reshape(all, [1, map.Shape[2].Times(map.Shape[3]), channels]);
    }

    // [length, channels]; a cosine is a sine a quarter turn on.
    private static OnnxValue Axis(OnnxGraphBuilder graph, OnnxValue map, int axis, int channels)
    {
        var (factors, phases) = (new float[channels], new float[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            factors[channel] = (float)(2 * Math.PI / Math.Pow(Temperature, 2.0 * (channel / 2) / channels));
            phases[channel] = channel % 2 == 0 ? 0 : (float)(Math.PI / 2);
        }

        var length = graph.Cast(graph.Gather(graph.Shape(map), graph.Constant("axis", new long[] { axis }), 0), OnnxElementType.Float);
        var one = graph.Scalar(1);
        var places = graph.Node("Range", [one, graph.Add(length, one), one], OnnxElementType.Float, [map.Shape[axis]]);
        var normalised = graph.Unsqueeze(graph.Div(places, graph.Add(length, graph.Scalar((float)Epsilon))), 1);
        return graph.Sin(graph.Add(graph.Mul(normalised, graph.Constant("factors", factors, 1, channels)), graph.Constant("phases", phases, 1, channels)));
    }

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
