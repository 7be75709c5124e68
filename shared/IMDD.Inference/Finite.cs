using System.Numerics;
using System.Runtime.InteropServices;

namespace IMDD.Inference;

/// <summary>Looks for NaN and infinities.</summary>
internal static class Finite
{
    /// <summary>True when every value is finite.</summary>
    public static bool All(ReadOnlySpan<float> values)
    {
        // x - x is 0 for a finite x and NaN for every other; NaN survives the sum.
        var sum = Vector<float>.Zero;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var vector in vectors)
        {
            sum += vector - vector;
        }

        var rest = Vector.Sum(sum);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            rest += value - value;
        }

        return rest == 0;
    }
}
