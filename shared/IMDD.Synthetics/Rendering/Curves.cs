using System.Runtime.CompilerServices;

namespace IMDD.Synthetics.Rendering;

/// <summary>
/// Functions of one variable from IEEE basic operations only. The C library's sine, exponential and power differ in the last bit between
/// processors and versions, and a frame must not.
/// </summary>
internal static class Curves
{
    /// <summary>Sine of an angle in turns, within 0.001.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sin(float turns)
    {
        var t = turns - MathF.Floor(turns + 0.5f);
        var y = 8f * t - 16f * t * MathF.Abs(t);
        return 0.225f * (y * MathF.Abs(y) - y) + y;
    }

    /// <summary>Cosine of an angle in turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Cos(float turns) => Sin(turns + 0.25f);

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, smooth between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Step(float low, float high, float x)
    {
        var t = Math.Clamp((x - low) / (high - low), 0f, 1f);
        return t * t * (3f - 2f * t);
    }

    /// <summary>A bell of compact support: 1 at 0, 0 from 1 on. The argument is squared already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Bell(float squared)
    {
        var t = 1f - squared;
        return t <= 0f ? 0f : t * t;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Lerp(float a, float b, float t) => a + (b - a) * t;
}
