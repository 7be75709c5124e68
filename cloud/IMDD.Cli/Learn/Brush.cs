using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Cli.Learn;

/// <summary>What a person paints over a defect.</summary>
internal static class Brush
{
    private const int WidthPx = 2;
    private const int ThickPx = 2;

    /// <summary>
    /// The mask as a brush leaves it: narrow gaps painted over, and a pixel too wide, but for thin ones, on which a person takes a finer brush.
    /// </summary>
    /// <exception cref="FormatException">Not a mask.</exception>
    public static MaskRle Over(MaskRle truth)
    {
        int height = truth.Size[0], width = truth.Size[1];
        var mask = CocoRle.Decode(truth);
        var beyond = Array.Exists(Spread(mask, width, height, ThickPx, set: 0), pixel => pixel != 0) ? 1 : 0;
        return CocoRle.Encode(Spread(Spread(mask, width, height, WidthPx, set: 1), width, height, WidthPx - beyond, set: 0), width, height);
    }

    /// <summary>Every pixel of that value spreads over the square around it.</summary>
    private static byte[] Spread(byte[] mask, int width, int height, int reach, byte set)
    {
        var spread = (byte[])mask.Clone();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                if (mask[y * width + x] == set)
                {
                    var (left, right) = (Math.Max(0, x - reach), Math.Min(width - 1, x + reach));
                    for (var v = Math.Max(0, y - reach); v <= Math.Min(height - 1, y + reach); v++)
                    {
                        spread.AsSpan(v * width + left, right - left + 1).Fill(set);
                    }
                }
            }
        }

        return spread;
    }
}
