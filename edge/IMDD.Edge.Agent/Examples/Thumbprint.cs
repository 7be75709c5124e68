using IMDD.Imaging;

namespace IMDD.Edge.Agent.Examples;

/// <summary>What a picture looks like from afar: the mean brightness of 16 by 16 cells, each of at most 8 by 8 pixels evenly spread over it.</summary>
internal sealed class Thumbprint
{
    private const int Side = 16;
    private const int SamplesPerSide = 8;

    /// <summary>
    /// Levels of 255 by which no cell may differ, the light as a whole aside. A camera's noise of 5 levels is below 1 in the mean of 64 pixels; what a person
    /// would point at is above it where it fills a quarter of a cell.
    /// </summary>
    private const float Tolerance = 6;

    private readonly float[] _cells = new float[Side * Side];
    private readonly int _width;
    private readonly int _height;

    private Thumbprint(int width, int height) => (_width, _height) = (width, height);

    public static Thumbprint Of(RgbImage image)
    {
        Thumbprint print = new(image.Width, image.Height);
        var pixels = image.Pixels;
        float sum = 0;
        for (var cell = 0; cell < print._cells.Length; cell++)
        {
            var mean = Mean(pixels, image.Width, Range(cell % Side, image.Width), Range(cell / Side, image.Height));
            print._cells[cell] = mean;
            sum += mean;
        }

        var light = sum / print._cells.Length;
        for (var cell = 0; cell < print._cells.Length; cell++)
        {
            print._cells[cell] -= light;
        }

        return print;
    }

    /// <summary>True when nobody would tell the two pictures apart.</summary>
    public bool IsLike(Thumbprint other)
    {
        if (_width != other._width || _height != other._height)
        {
            return false;
        }

        for (var cell = 0; cell < _cells.Length; cell++)
        {
            if (Math.Abs(_cells[cell] - other._cells[cell]) > Tolerance)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>At least one pixel, also of a picture smaller than the grid.</summary>
    private static (int Start, int End) Range(int cell, int length)
    {
        var start = (int)((long)cell * length / Side);
        return (start, Math.Max(start + 1, (int)((cell + 1L) * length / Side)));
    }

    private static float Mean(ReadOnlySpan<byte> pixels, int width, (int Start, int End) columns, (int Start, int End) rows)
    {
        var (across, down) = (Step(columns), Step(rows));
        int sum = 0, count = 0;
        for (var y = rows.Start; y < rows.End; y += down)
        {
            for (var x = columns.Start; x < columns.End; x += across)
            {
                var at = 3 * ((y * width) + x);
                sum += pixels[at] + (2 * pixels[at + 1]) + pixels[at + 2];
                count += 4;
            }
        }

        return (float)sum / count;
    }

    private static int Step((int Start, int End) range) => (range.End - range.Start + SamplesPerSide - 1) / SamplesPerSide;
}
