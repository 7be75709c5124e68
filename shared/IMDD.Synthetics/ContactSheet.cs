namespace IMDD.Synthetics;

/// <summary>Many samples side by side, for people.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgb">Row-major, <c>Height × Width × 3</c> bytes.</param>
public sealed record ContactSheet(int Width, int Height, byte[] Rgb)
{
    /// <summary>Puts samples in rows, each reduced by area averaging to a square cell.</summary>
    /// <param name="samples">In reading order; all at least <paramref name="cell"/> pixels in each direction.</param>
    /// <param name="columns">Samples per row.</param>
    /// <param name="cell">Side of a cell, pixels.</param>
    /// <param name="outline">True: the mask's border is drawn in yellow.</param>
    public static ContactSheet Compose(IReadOnlyList<SyntheticSample> samples, int columns, int cell, bool outline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cell, 16);
        var width = columns * cell;
        var height = (samples.Count + columns - 1) / columns * cell;
        var rgb = new byte[width * height * 3];
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples[i].Width < cell || samples[i].Height < cell)
            {
                throw new ArgumentException($"Sample {i} is smaller than a cell of {cell} pixels.", nameof(samples));
            }

            Place(samples[i], rgb, width, i % columns * cell, i / columns * cell, cell, outline);
        }

        return new ContactSheet(width, height, rgb);
    }

    private static void Place(SyntheticSample sample, byte[] target, int stride, int left, int top, int cell, bool outline)
    {
        for (var row = 0; row < cell; row++)
        {
            for (var column = 0; column < cell; column++)
            {
                int x0 = column * sample.Width / cell, x1 = (column + 1) * sample.Width / cell;
                int y0 = row * sample.Height / cell, y1 = (row + 1) * sample.Height / cell;
                int red = 0, green = 0, blue = 0, set = 0;
                for (var y = y0; y < y1; y++)
                {
                    for (var x = x0; x < x1; x++)
                    {
                        var at = (y * sample.Width + x) * 3;
                        red += sample.Rgb[at];
                        green += sample.Rgb[at + 1];
                        blue += sample.Rgb[at + 2];
                        set += sample.Mask[y * sample.Width + x] != 0 && IsBorder(sample, x, y) ? 1 : 0;
                    }
                }

                var count = (x1 - x0) * (y1 - y0);
                var to = ((top + row) * stride + left + column) * 3;
                var mark = outline && set > 0;
                target[to] = mark ? (byte)255 : (byte)(red / count);
                target[to + 1] = mark ? (byte)220 : (byte)(green / count);
                target[to + 2] = mark ? (byte)0 : (byte)(blue / count);
            }
        }
    }

    private static bool IsBorder(SyntheticSample sample, int x, int y)
        => x == 0 || y == 0 || x == sample.Width - 1 || y == sample.Height - 1
        || sample.Mask[y * sample.Width + x - 1] == 0 || sample.Mask[y * sample.Width + x + 1] == 0
        || sample.Mask[(y - 1) * sample.Width + x] == 0 || sample.Mask[(y + 1) * sample.Width + x] == 0;
}
