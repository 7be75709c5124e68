using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Groups pictures of one part that were taken several times, lit and cut differently, by their local patterns: brightness is taken out by
/// dividing the difference from a blurred neighbourhood by its spread there, and two pictures belong together when the best circular
/// cross-correlation over all shifts of 64×64 thumbnails reaches a threshold. Compares every pair: some 20 µs each.
/// </summary>
internal static class PatternGroups
{
    private const int Side = 64;
    private const double NeighbourhoodSigma = 3;
    private const double MinSpread = 1;

    // Of the 593 pictures of Magnetic Tile whose groups are known, two thirds of the pairs of one tile are above it and 1 % of those found are wrong.
    private const double MinCorrelation = 0.6;

    private static readonly PictureLoader Loader = new(new OpenCvImageDecoder(), new DecodeLimits());

    /// <summary>For each picture the position of the first of its group; one that cannot be read is alone.</summary>
    public static int[] Of(IReadOnlyList<string> paths)
    {
        var spectra = new Mat?[paths.Count];
        try
        {
            Parallel.For(0, paths.Count, i => spectra[i] = Spectrum(paths[i]));
            var matches = new List<int>[paths.Count];
            Parallel.For(0, paths.Count, i => matches[i] = Matches(spectra, i));
            return Join(matches);
        }
        finally
        {
            foreach (var spectrum in spectra)
            {
                spectrum?.Dispose();
            }
        }
    }

    private static List<int> Matches(Mat?[] spectra, int later)
    {
        List<int> matches = [];
        using Mat product = new(), correlation = new();
        for (var earlier = 0; earlier < later; earlier++)
        {
            if (spectra[later] is { } a && spectra[earlier] is { } b)
            {
                Cv2.MulSpectrums(a, b, product, DftFlags.None, conjB: true);
                Cv2.Dft(product, correlation, DftFlags.Inverse | DftFlags.RealOutput | DftFlags.Scale);
                Cv2.MinMaxLoc(correlation, out double _, out double best);
                if (best >= MinCorrelation)
                {
                    matches.Add(earlier);
                }
            }
        }

        return matches;
    }

    private static Mat? Spectrum(string path)
    {
        try
        {
            using var image = Loader.Load(path, Side, Side);
            using var rgb = Mat.FromPixelData(Side, Side, MatType.CV_8UC3, image.Pixels.ToArray());
            using Mat pattern = new(), mean = new(), spread = new();
            Cv2.CvtColor(rgb, pattern, ColorConversionCodes.RGB2GRAY);
            pattern.ConvertTo(pattern, MatType.CV_32F);
            Cv2.GaussianBlur(pattern, mean, new Size(0, 0), NeighbourhoodSigma);
            Cv2.Subtract(pattern, mean, pattern);
            Cv2.Multiply(pattern, pattern, spread);
            Cv2.GaussianBlur(spread, spread, new Size(0, 0), NeighbourhoodSigma);
            Cv2.Sqrt(spread, spread);
            Cv2.Add(spread, new Scalar(MinSpread), spread);
            Cv2.Divide(pattern, spread, pattern);
            Cv2.Subtract(pattern, Cv2.Mean(pattern), pattern);
            var norm = Cv2.Norm(pattern);
            if (norm == 0)
            {
                return null;
            }

            Cv2.Multiply(pattern, new Scalar(1 / norm), pattern);
            Mat spectrum = new();
            Cv2.Dft(pattern, spectrum, DftFlags.ComplexOutput);
            return spectrum;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException)
        {
            return null;
        }
    }

    private static int[] Join(List<int>[] matches)
    {
        var parents = Enumerable.Range(0, matches.Length).ToArray();
        for (var later = 0; later < matches.Length; later++)
        {
            foreach (var earlier in matches[later])
            {
                // The smaller position stands for the group, so that the result does not depend on the order.
                int a = Root(later), b = Root(earlier);
                parents[Math.Max(a, b)] = Math.Min(a, b);
            }
        }

        return [.. parents.Select((_, i) => Root(i))];

        int Root(int i)
        {
            while (parents[i] != i)
            {
                i = parents[i] = parents[parents[i]];
            }

            return i;
        }
    }
}
