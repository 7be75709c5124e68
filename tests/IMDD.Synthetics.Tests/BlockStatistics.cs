namespace IMDD.Synthetics.Tests;

/// <summary>Mean, standard deviation and mean gradient per block, the features of the linear probe.</summary>
internal static class BlockStatistics
{
    /// <summary>The frame cut into 8 × 8 blocks: 192 numbers that know where.</summary>
    public static double[] Grid(SyntheticSample sample)
        => [.. Blocks(Grey(sample), sample.Width, sample.Height, sample.Width / 8, sample.Height / 8).SelectMany(b => new[] { b.Mean, b.Deviation, b.Gradient })];

    /// <summary>Blocks of 8 × 8 pixels, described by what is extreme and what is usual among them: numbers that do not care where.</summary>
    public static double[] Pooled(SyntheticSample sample)
    {
        var blocks = Blocks(Grey(sample), sample.Width, sample.Height, 8, 8);
        List<double> features = [];
        foreach (var values in (double[][])[[.. blocks.Select(b => b.Mean)], [.. blocks.Select(b => b.Deviation)], [.. blocks.Select(b => b.Gradient)]])
        {
            var mean = values.Average();
            features.Add(mean);
            features.Add(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
            Array.Sort(values);
            features.AddRange(new[] { 0, 0.01, 0.1, 0.5, 0.9, 0.99, 1 }.Select(q => values[(int)(q * (values.Length - 1))]));
        }

        return [.. features];
    }

    private static double[] Grey(SyntheticSample sample)
    {
        var grey = new double[sample.Width * sample.Height];
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = (sample.Rgb[3 * i] + sample.Rgb[3 * i + 1] + sample.Rgb[3 * i + 2]) / 3.0;
        }

        return grey;
    }

    private static List<(double Mean, double Deviation, double Gradient)> Blocks(double[] grey, int width, int height, int blockWidth, int blockHeight)
    {
        List<(double, double, double)> blocks = [];
        for (var top = 0; top + blockHeight <= height; top += blockHeight)
        {
            for (var left = 0; left + blockWidth <= width; left += blockWidth)
            {
                double sum = 0, squares = 0, gradient = 0;
                for (var y = top; y < top + blockHeight; y++)
                {
                    for (var x = left; x < left + blockWidth; x++)
                    {
                        var value = grey[y * width + x];
                        sum += value;
                        squares += value * value;
                        gradient += Math.Abs(value - grey[y * width + Math.Max(x - 1, 0)]) + Math.Abs(value - grey[Math.Max(y - 1, 0) * width + x]);
                    }
                }

                var count = blockWidth * blockHeight;
                var mean = sum / count;
                blocks.Add((mean, Math.Sqrt(Math.Max(0, squares / count - mean * mean)), gradient / count));
            }
        }

        return blocks;
    }
}
