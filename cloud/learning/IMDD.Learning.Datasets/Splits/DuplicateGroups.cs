using System.Numerics;
using System.Security.Cryptography;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Joins the groups of pictures that are copies: exact ones by digest, near ones by a perceptual hash (64-bit DCT) within a few bits and then
/// verified by the correlation of 64×64 thumbnails, since a hash alone joins pictures that only look alike at a glance.
/// </summary>
public sealed class DuplicateGroups(IImageDecoder decoder)
{
    private const int ThumbnailSide = 64;
    private const int HashSide = 32;
    private const int HashCoefficients = 8;
    private const int MaxHashDistance = 12;
    private const double MinCorrelation = 0.95;

    private static readonly DecodeLimits Limits = new();

    /// <summary>The samples with joined groups, and files that could not be compared.</summary>
    public (IReadOnlyList<DatasetSample> Samples, IReadOnlyList<FileProblem> Problems) Join(IReadOnlyList<DatasetSample> samples)
    {
        List<FileProblem> problems = [];
        var prints = new Print?[samples.Count];
        for (var i = 0; i < samples.Count; i++)
        {
            try
            {
                prints[i] = Read(samples[i].ImagePath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException)
            {
                problems.Add(new FileProblem(samples[i].Id, $"It cannot be compared: {e.Message}"));
            }
        }

        GroupUnion union = new();
        for (var i = 0; i < samples.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (prints[i] is { } a && prints[j] is { } b && IsCopy(a, b))
                {
                    union.Join(samples[i].Group, samples[j].Group);
                }
            }
        }

        return ([.. samples.Select(s => s with { Group = union.Root(s.Group) })], problems);
    }

    private static bool IsCopy(Print a, Print b)
        => a.Digest == b.Digest
        || (BitOperations.PopCount(a.Hash ^ b.Hash) <= MaxHashDistance && Correlation(a.Thumbnail, b.Thumbnail) >= MinCorrelation);

    private Print Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        using var image = decoder.Decode(bytes, Limits);
        using var rgb = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, image.Pixels.ToArray());
        using Mat grey = new(), small = new(), hashed = new(), spectrum = new();
        Cv2.CvtColor(rgb, grey, ColorConversionCodes.RGB2GRAY);
        Cv2.Resize(grey, small, new Size(ThumbnailSide, ThumbnailSide), interpolation: InterpolationFlags.Area);
        Cv2.Resize(small, hashed, new Size(HashSide, HashSide), interpolation: InterpolationFlags.Area);
        hashed.ConvertTo(hashed, MatType.CV_32F);
        Cv2.Dct(hashed, spectrum);
        return new Print(Convert.ToHexStringLower(SHA256.HashData(bytes)), Hash(spectrum), Normalised(small));
    }

    private static ulong Hash(Mat spectrum)
    {
        var values = new float[HashCoefficients * HashCoefficients];
        for (var y = 0; y < HashCoefficients; y++)
        {
            for (var x = 0; x < HashCoefficients; x++)
            {
                values[y * HashCoefficients + x] = spectrum.At<float>(y, x);
            }
        }

        // The first coefficient is the mean brightness, which says nothing of the picture.
        var median = values.Skip(1).Order().ElementAt(values.Length / 2);
        ulong hash = 0;
        for (var i = 1; i < values.Length; i++)
        {
            hash |= values[i] > median ? 1UL << i : 0;
        }

        return hash;
    }

    private static float[] Normalised(Mat small)
    {
        small.GetArray(out byte[] pixels);
        var mean = pixels.Average(p => (double)p);
        var norm = Math.Sqrt(pixels.Sum(p => (p - mean) * (p - mean)));
        return Array.ConvertAll(pixels, p => norm > 0 ? (float)((p - mean) / norm) : 0f);
    }

    private static double Correlation(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<float>(a, b);

    private sealed record Print(string Digest, ulong Hash, float[] Thumbnail);
}
