using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests;

/// <summary>Comparisons that a NaN does not slip through: it is less than every bound, as comparers order numbers.</summary>
internal static class TensorComparison
{
    /// <summary>
    /// The largest distance of two tensors of one shape. The same infinity on both sides, and a NaN on both, are no distance; either of them on one side
    /// alone is an infinite one.
    /// </summary>
    public static double LargestDifference(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Numbers(actual), Numbers(expected.expand_as(actual)));
        return ours.Zip(theirs, Distance).DefaultIfEmpty(0).Max();
    }

    /// <summary>No element is further from the expected one than a tolerance, an inclusive one.</summary>
    public static void ShouldBeWithin(this Tensor actual, Tensor expected, double tolerance, string? name = null)
        => LargestDifference(actual, expected).ShouldBeInRange(0, tolerance, name);

    /// <summary>No element is further from a number than a tolerance.</summary>
    public static void ShouldBeWithin(this Tensor actual, double expected, double tolerance, string? name = null)
    {
        using var number = tensor(expected);
        actual.ShouldBeWithin(number, tolerance, name);
    }

    private static double Distance(double actual, double expected)
    {
        if (actual.Equals(expected))
        {
            return 0;
        }

        var distance = Math.Abs(actual - expected);
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }

    private static double[] Numbers(Tensor values) => values.numel() == 0 ? [] : values.detach().to(float64).contiguous().data<double>().ToArray();
}
