using IMDD.Contracts.Events;
using IMDD.Imaging.Masks;

namespace IMDD.Cli.Learn;

/// <summary>What a person paints over a defect.</summary>
internal static class Brush
{
    private const int WidthPx = 6;
    private const int EdgePx = 1;

    /// <summary>The mask as a broad brush leaves it: gaps between beads and marks painted over, a little wider outside.</summary>
    /// <exception cref="FormatException">Not a mask.</exception>
    public static MaskRle Over(MaskRle truth)
    {
        int height = truth.Size[0], width = truth.Size[1];
        var wide = Spread(CocoRle.Decode(truth), width, height, WidthPx, set: 1);
        return CocoRle.Encode(Spread(wide, width, height, WidthPx - EdgePx, set: 0), width, height);
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
