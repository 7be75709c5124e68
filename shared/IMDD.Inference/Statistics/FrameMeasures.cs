using IMDD.Imaging;

namespace IMDD.Inference.Statistics;

/// <summary>What a frame looks like in three numbers, from at most 64 by 64 pixels spread evenly over it: some tens of microseconds whatever its size.</summary>
/// <param name="Brightness">Mean brightness, 0 to 255.</param>
/// <param name="Contrast">Standard deviation of the brightness, levels of 255.</param>
/// <param name="Sharpness">Mean absolute difference to the pixels to the right and below, levels of 255.</param>
public readonly record struct FrameMeasures(double Brightness, double Contrast, double Sharpness)
{
    private const int SamplesPerSide = 64;

    // Brightness is (red + 2 green + blue) / 4.
    private const double Weight = 4;

    /// <summary>Measures a frame.</summary>
    public static FrameMeasures Of(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = image.Pixels;
        var (columns, rows) = (Math.Min(SamplesPerSide, image.Width), Math.Min(SamplesPerSide, image.Height));
        long sum = 0, squares = 0, differences = 0;
        for (var row = 0; row < rows; row++)
        {
            var y = (int)(((2L * row) + 1) * image.Height / (2 * rows));
            var below = y + 1 < image.Height ? 3 * image.Width : 0;
            for (var column = 0; column < columns; column++)
            {
                var x = (int)(((2L * column) + 1) * image.Width / (2 * columns));
                var at = 3 * ((y * image.Width) + x);
                var light = Light(pixels, at);
                sum += light;
                squares += (long)light * light;
                differences += Math.Abs(Light(pixels, x + 1 < image.Width ? at + 3 : at) - light) + Math.Abs(Light(pixels, at + below) - light);
            }
        }

        double count = (double)rows * columns;
        var mean = sum / count;
        return new FrameMeasures(mean / Weight, Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))) / Weight, differences / (2 * count * Weight));
    }

    private static int Light(ReadOnlySpan<byte> pixels, int at) => pixels[at] + (2 * pixels[at + 1]) + pixels[at + 2];
}
