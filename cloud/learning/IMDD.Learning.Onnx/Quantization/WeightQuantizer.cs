using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>Weights as signed bytes, symmetric about zero, with one scale per output channel.</summary>
internal static class WeightQuantizer
{
    private const int Full = sbyte.MaxValue;
    private const int Reduced = 63;

    /// <summary>The bytes, and for each channel along <paramref name="axis"/> the value of one step.</summary>
    /// <param name="weights">Floats.</param>
    /// <param name="axis">Counts the outputs.</param>
    /// <param name="reduceRange">Seven bits.</param>
    /// <param name="leastScales">For each channel the smallest step, so that its bias fits into 32 bits.</param>
    public static (OnnxTensor Bytes, float[] Scales) Quantize(OnnxTensor weights, int axis, bool reduceRange, IReadOnlyList<float> leastScales)
    {
        var levels = reduceRange ? Reduced : Full;
        var values = weights.As<float>();
        var channels = (int)weights.Dimensions[axis];
        var inner = weights.Dimensions.Skip(axis + 1).Aggregate(1L, (product, length) => product * length);
        var largest = new float[channels];
        for (var index = 0; index < values.Length; index++)
        {
            var channel = index / inner % channels;
            largest[channel] = Math.Max(largest[channel], Math.Abs(values[index]));
        }

        float[] scales = [.. largest.Select((value, channel) => Math.Max(value / levels, leastScales[channel]))];
        var bytes = new sbyte[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            bytes[index] = (sbyte)Math.Clamp(MathF.Round(values[index] / scales[index / inner % channels]), -levels, levels);
        }

        return (OnnxTensor.Of<sbyte>(bytes, [.. weights.Dimensions]), scales);
    }
}
