using IMDD.Learning.Onnx.Graph;

namespace IMDD.Learning.Onnx.Quantization;

/// <summary>
/// Weights that nothing was learned for: every output is a mean of inputs, or one of them. Pools to several parts and rearrangements of pixels are
/// written as products and convolutions of that kind.
/// </summary>
internal static class MeanWeights
{
    private const double Tolerance = 1e-5;

    /// <summary>Whether a convolution or product has such weights, and no bias.</summary>
    public static bool Are(OnnxNode layer)
    {
        var weights = layer.Inputs[1]!.Constant!;
        if (layer.Inputs.ElementAtOrDefault(2) is not null)
        {
            return false;
        }

        var axis = Int8Plan.OutputAxis(layer);
        var inner = weights.Dimensions.Skip(axis + 1).Aggregate(1L, (product, length) => product * length);
        var sums = new double[weights.Dimensions[axis]];
        var values = weights.As<float>();
        for (var index = 0; index < values.Length; index++)
        {
            if (values[index] < 0)
            {
                return false;
            }

            sums[index / inner % sums.Length] += values[index];
        }

        return sums.All(sum => Math.Abs(sum - 1) < Tolerance);
    }
}
