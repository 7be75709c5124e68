namespace IMDD.Synthetics.Rendering;

/// <summary>Optics and sensor: a small point spread, the transfer curve, noise, 8 bits.</summary>
internal static class Sensor
{
    private const int CurveSize = 4096;
    private const int NoiseSize = 1 << 16;
    private static readonly float[] Curve = MakeCurve();
    private static readonly float[] Grain = MakeGrain();

    /// <summary>Reads the light planes out as RGB.</summary>
    public static byte[] Expose(Canvas canvas, SeededRandom random)
    {
        var spread = random.Range(0.08f, 0.16f);
        Spread(canvas.R, canvas, spread);
        Spread(canvas.G, canvas, spread);
        Spread(canvas.B, canvas, spread);

        // The noise is added after the root-like transfer curve, which makes shot noise about equal at all brightnesses.
        var luma = random.Range(0.8f, 2.2f);
        var chroma = luma * 0.45f;
        var rgb = new byte[canvas.Width * canvas.Height * 3];
        for (var y = 0; y < canvas.Height; y++)
        {
            var row = y * canvas.Width;
            var a = (int)(random.Next() & 0x7FFFFFFF);
            var b = (int)(random.Next() & 0x7FFFFFFF);
            for (var x = 0; x < canvas.Width; x++)
            {
                var common = luma * Grain[(a + x) & (NoiseSize - 1)];
                var own = chroma * Grain[(b + 3 * x) & (NoiseSize - 1)];
                var at = (row + x) * 3;
                rgb[at] = Quantize(canvas.R[row + x], common + own);
                rgb[at + 1] = Quantize(canvas.G[row + x], common);
                rgb[at + 2] = Quantize(canvas.B[row + x], common - own);
            }
        }

        return rgb;
    }

    private static byte Quantize(float light, float noise)
    {
        var index = Math.Clamp((int)(light * (CurveSize - 1)), 0, CurveSize - 1);
        return (byte)Math.Clamp(Curve[index] + noise + 0.5f, 0f, 255f);
    }

    private static void Spread(float[] plane, Canvas canvas, float side)
    {
        int width = canvas.Width, height = canvas.Height;
        var centre = 1f - 2f * side;
        var scratch = canvas.Scratch;
        for (var y = 0; y < height; y++)
        {
            var row = y * width;
            scratch[row] = plane[row];
            scratch[row + width - 1] = plane[row + width - 1];
            for (var x = 1; x < width - 1; x++)
            {
                scratch[row + x] = centre * plane[row + x] + side * (plane[row + x - 1] + plane[row + x + 1]);
            }
        }

        for (var y = 1; y < height - 1; y++)
        {
            var row = y * width;
            for (var x = 0; x < width; x++)
            {
                plane[row + x] = centre * scratch[row + x] + side * (scratch[row + x - width] + scratch[row + x + width]);
            }
        }
    }

    // x^0.4375 by square roots: near the 1/2.2 of a display, and the same bits everywhere.
    private static float[] MakeCurve()
    {
        var curve = new float[CurveSize];
        for (var i = 0; i < CurveSize; i++)
        {
            var fourth = MathF.Sqrt(MathF.Sqrt((i + 0.5f) / CurveSize));
            var eighth = MathF.Sqrt(fourth);
            curve[i] = 255f * fourth * eighth * MathF.Sqrt(eighth);
        }

        return curve;
    }

    private static float[] MakeGrain()
    {
        SeededRandom random = new(0x6E01);
        var grain = new float[NoiseSize];
        for (var i = 0; i < grain.Length; i++)
        {
            grain[i] = random.Normal();
        }

        return grain;
    }
}
