namespace IMDD.Synthetics.Tests;

/// <summary>Defects are found by local contrast in a good share of cases: a model without training can start with them.</summary>
public sealed class VisibilityTests(ITestOutputHelper output)
{
    private const int Side = 256;
    private const int Radius = 14;
    private const int Frames = 30;
    private const double FalseAlarms = 0.001;

    [Theory]
    [InlineData(SurfaceTexture.BrushedMetal)]
    [InlineData(SurfaceTexture.Cast)]
    [InlineData(SurfaceTexture.Fabric)]
    [InlineData(SurfaceTexture.Glass)]
    [InlineData(SurfaceTexture.Wood)]
    public void Generate_DefectOnACleanSurface_StandsOutFromItsNeighbourhood(SurfaceTexture texture)
    {
        SurfaceGenerator generator = new(new SurfaceOptions { Texture = texture, Width = Side, Height = Side, Parts = 0, Clutter = 0, ProductSeed = 3 });
        var kinds = DefectKinds.For(texture).Where(k => k != DefectKind.MissingPart).ToArray();

        // What a pixel of a good frame exceeds once in a thousand, in the median frame.
        var threshold = Enumerable.Range(0, Frames)
            .Select(i => Contrast(generator.Generate((ulong)i, [])).Order().ElementAt((int)((1 - FalseAlarms) * Side * Side)))
            .Order().ElementAt(Frames / 2);

        var found = 0;
        for (var i = 0; i < Frames; i++)
        {
            var sample = generator.Generate((ulong)(1000 + i), [kinds[i % kinds.Length]]);
            found += Contrast(sample).Where((_, p) => sample.Mask[p] != 0).Max() > threshold ? 1 : 0;
        }

        output.WriteLine($"{texture}: {found} of {Frames}");
        (found / (double)Frames).ShouldBeGreaterThanOrEqualTo(0.6);
    }

    // Mean of a 5 × 5 window against its neighbourhood, over the frame's usual contrast.
    private static double[] Contrast(SyntheticSample sample)
    {
        var grey = new double[Side * Side];
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = (sample.Rgb[3 * i] + sample.Rgb[3 * i + 1] + sample.Rgb[3 * i + 2]) / 3.0;
        }

        var contrast = Blur(grey, 2).Zip(Blur(grey, Radius), (a, b) => Math.Abs(a - b)).ToArray();
        var usual = contrast.Order().ElementAt(contrast.Length / 2);
        return [.. contrast.Select(c => c / usual)];
    }

    private static double[] Blur(double[] image, int radius) => Transpose(Rows(Transpose(Rows(image, radius)), radius));

    private static double[] Rows(double[] image, int radius)
    {
        var result = new double[image.Length];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                int left = Math.Max(0, x - radius), right = Math.Min(Side - 1, x + radius);
                double sum = 0;
                for (var i = left; i <= right; i++)
                {
                    sum += image[y * Side + i];
                }

                result[y * Side + x] = sum / (right - left + 1);
            }
        }

        return result;
    }

    private static double[] Transpose(double[] image)
    {
        var result = new double[image.Length];
        for (var i = 0; i < image.Length; i++)
        {
            result[i % Side * Side + i / Side] = image[i];
        }

        return result;
    }
}
