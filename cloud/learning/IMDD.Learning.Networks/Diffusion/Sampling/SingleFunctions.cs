namespace IMDD.Learning.Networks.Diffusion.Sampling;

/// <summary>
/// Exponential and logarithm of 32-bit numbers, to the bits of the library that PyTorch's vector code calls for them (SLEEF's of 1 ulp, with fused products) and
/// the same on every machine. The nearest float would be another for one exponential in ten, which shows where latents are large. libtorch's own answer depends on
/// how it was built.
/// </summary>
internal static class SingleFunctions
{
    // ln 2 as a number whose products with exponents are exact and the rest of it, and as the nearest float and its rest.
    private const float LnTwoShort = 0.693145752f;
    private const float LnTwoShortRest = 1.42860677e-6f;
    private const float LnTwo = 0.693147182f;
    private const float LnTwoRest = -1.90465432e-9f;

    private const int MantissaBits = 23;
    private const int ExponentBias = 127;

    /// <summary>e to a finite number, or to minus infinity, that gives no subnormal number.</summary>
    public static float Exp(float value)
    {
        if (float.IsNegativeInfinity(value))
        {
            return 0;
        }

        var power = MathF.Round(value * (1 / LnTwo));
        var rest = MathF.FusedMultiplyAdd(power, -LnTwoShortRest, MathF.FusedMultiplyAdd(power, -LnTwoShort, value));
        var series = Polynomial(rest, 1.98527618e-4f, 1.39304355e-3f, 8.33336078e-3f, 4.16664854e-2f, 0.166666672f, 0.5f);
        return MathF.ScaleB(1 + MathF.FusedMultiplyAdd(rest * rest, series, rest), (int)power);
    }

    /// <summary>The natural logarithm of a positive normal number.</summary>
    public static float Log(float value)
    {
        var exponent = (BitConverter.SingleToInt32Bits(value * (1 / 0.75f)) >> MantissaBits) - ExponentBias;
        var mantissa = MathF.ScaleB(value, -exponent);

        // 2·artanh of (m−1)/(m+1), in pairs of a float and what it lacks.
        var (over, overRest) = Sum(mantissa, -1);
        var (under, underRest) = Sum(mantissa, 1);
        var reciprocal = 1 / under;
        var ratio = over * reciprocal;
        var lack = MathF.FusedMultiplyAdd(-underRest, reciprocal, MathF.FusedMultiplyAdd(-under, reciprocal, 1));
        var ratioRest = MathF.FusedMultiplyAdd(ratio, lack, MathF.FusedMultiplyAdd(overRest, reciprocal, MathF.FusedMultiplyAdd(reciprocal, over, -ratio)));
        var square = ratio * ratio;
        var tail = square * ratio * Polynomial(square, 0.302729487f, 0.399610817f, 0.666669488f);

        var whole = LnTwo * exponent;
        var wholeRest = MathF.FusedMultiplyAdd(LnTwoRest, exponent, MathF.FusedMultiplyAdd(LnTwo, exponent, -whole));
        var sum = whole + (ratio * 2);
        var sumRest = whole - sum + (ratio * 2) + wholeRest + (ratioRest * 2);
        var total = sum + tail;
        return total + (sum - total + tail + sumRest);
    }

    private static float Polynomial(float x, params ReadOnlySpan<float> highestFirst)
    {
        var value = highestFirst[0];
        foreach (var coefficient in highestFirst[1..])
        {
            value = MathF.FusedMultiplyAdd(value, x, coefficient);
        }

        return value;
    }

    private static (float Nearest, float Remainder) Sum(float left, float right)
    {
        var sum = left + right;
        var share = sum - left;
        return (sum, left - (sum - share) + (right - share));
    }
}
