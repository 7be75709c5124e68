using static TorchSharp.torch;

namespace IMDD.Learning.Networks.Tests.Diffusion;

/// <summary>
/// The sine of the stand-in for a network, to the bits of the reference's library with vectors of eight. libtorch's own differs in the last bit depending on how it
/// was built, and a hundred steps with latents of a hundred make more of that than the files' tolerance.
/// </summary>
internal static class ReferenceSine
{
    private const int Vector = 8;

    // A vector whose numbers are all nearer to 0 has half turns taken off by three short numbers, another by as many digits as it takes.
    private const float Near = 125;
    private const double PiRest = 1.2246467991473532e-16;

    /// <summary>Of a tensor of 32-bit floats, element by element.</summary>
    public static Tensor Of(Tensor angles)
        => tensor(angles.contiguous().data<float>().ToArray().Chunk(Vector).SelectMany(Of).ToArray()).view(angles.shape);

    private static IEnumerable<float> Of(float[] angles)
    {
        var near = angles.All(angle => Math.Abs(angle) < Near);
        return angles.Select(angle => near ? Series(TakeShort(angle)) : Series(TakeExactly(angle)));
    }

    private static (double Turns, float High, double Remainder) TakeShort(float angle)
    {
        var turns = MathF.Round(angle * (float)(1 / Math.PI));
        var first = MathF.FusedMultiplyAdd(turns, -3.14147949f, angle);
        var second = turns * -1.13159418e-4f;
        var third = turns * -1.98418726e-9f;
        var both = first + second;
        var high = both + third;
        return (turns, high, high + (both - high + third + ((double)first + second - both)));
    }

    private static (double Turns, float High, double Remainder) TakeExactly(float angle)
    {
        var turns = Math.Round(angle / Math.PI);
        var rest = Math.FusedMultiplyAdd(turns, -PiRest, Math.FusedMultiplyAdd(turns, -Math.PI, angle));
        return (turns, (float)rest, rest);
    }

    private static float Series((double Turns, float High, double Remainder) reduced)
    {
        var (turns, high, rest) = reduced;
        var square = high * high;
        var series = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(2.60831598e-6f, square, -1.98106907e-4f), square, 8.33307859e-3f) * square;
        var sine = (float)(rest * (1 + ((series - 0.166666597127914428710938) * rest * rest)));
        return turns % 2 == 0 ? sine : -sine;
    }
}
