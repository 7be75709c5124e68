using System.Security.Cryptography;
using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using OpenCvSharp;

namespace IMDD.Learning.Datasets.Splits;

/// <summary>
/// Joins the groups of pictures that are copies: exact ones by digest, near ones by a perceptual hash (64-bit DCT) within a few bits and then
/// verified by the correlation of 64×64 thumbnails, since a hash alone joins pictures that only look alike at a glance. Decodes on all cores; keeps about 4 KiB a picture.
/// </summary>
public sealed class DuplicateGroups(IImageDecoder decoder)
{
    private const int HashSide = 32;
    private const int HashCoefficients = 8;
    private const int MaxHashDistance = 12;
    private const double MinCorrelation = 0.95;

    private readonly PictureLoader _loader = new(decoder, new DecodeLimits());

    /// <summary>The samples with joined groups, and files that could not be compared.</summary>
    public (IReadOnlyList<DatasetSample> Samples, IReadOnlyList<FileProblem> Problems) Join(IReadOnlyList<DatasetSample> samples)
    {
        var prints = new Print?[samples.Count];
        var failures = new FileProblem?[samples.Count];
        Parallel.For(0, samples.Count, i =>
        {
            try
            {
                prints[i] = Read(i, samples[i].ImagePath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException)
            {
                failures[i] = new FileProblem(samples[i].Id, $"It cannot be compared: {e.Message}");
            }
        });

        GroupUnion union = new();
        var readable = prints.OfType<Print>().ToList();
        foreach (var copies in readable.GroupBy(p => p.Digest, StringComparer.Ordinal))
        {
            JoinAll(copies);
        }

        foreach (var (earlier, later) in new HammingIndex([.. readable.Select(p => p.Hash)], MaxHashDistance).Pairs())
        {
            var (a, b) = (readable[earlier], readable[later]);
            string groupA = samples[a.Sample].Group, groupB = samples[b.Sample].Group;
            if (union.Root(groupA) != union.Root(groupB) && a.Thumbnail.Correlation(b.Thumbnail) >= MinCorrelation)
            {
                union.Join(groupA, groupB);
            }
        }

        return ([.. samples.Select(s => s with { Group = union.Root(s.Group) })], [.. failures.OfType<FileProblem>()]);

        void JoinAll(IEnumerable<Print> copies)
        {
            var first = copies.First();
            foreach (var copy in copies.Skip(1))
            {
                union.Join(samples[first.Sample].Group, samples[copy.Sample].Group);
            }
        }
    }

    private Print Read(int sample, string path)
    {
        using var image = _loader.Load(path);
        using var rgb = Mat.FromPixelData(image.Height, image.Width, MatType.CV_8UC3, image.Pixels.ToArray());
        using Mat grey = new(), small = new(), hashed = new(), spectrum = new();
        Cv2.CvtColor(rgb, grey, ColorConversionCodes.RGB2GRAY);
        Cv2.Resize(grey, small, new Size(Thumbnail.Side, Thumbnail.Side), interpolation: InterpolationFlags.Area);
        Cv2.Resize(small, hashed, new Size(HashSide, HashSide), interpolation: InterpolationFlags.Area);
        hashed.ConvertTo(hashed, MatType.CV_32F);
        Cv2.Dct(hashed, spectrum);
        small.GetArray(out byte[] pixels);
        return new Print(sample, Digest(path), Hash(spectrum), new Thumbnail(pixels));
    }

    private static string Digest(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
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

    private sealed record Print(int Sample, string Digest, ulong Hash, Thumbnail Thumbnail);
}
