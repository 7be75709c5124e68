using System.Buffers.Binary;
using IMDD.Contracts.Identity;
using IMDD.Imaging;
using IMDD.Learning.Datasets;
using IMDD.Learning.Datasets.Readers;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;

namespace IMDD.Cloud.Trainer.Snapshots;

/// <summary>Which pictures are of the gate set.</summary>
internal static class GatePictures
{
    private const string All = "all";

    /// <summary>Digests of the configured data sets' pictures.</summary>
    /// <exception cref="DatasetException">A data set, or a picture of it, cannot be read.</exception>
    public static HashSet<string> Configured(GateSetOptions options)
    {
        HashSet<string> digests = new(StringComparer.Ordinal);
        foreach (var sample in options.Split == All ? options.Data.SelectMany(name => DatasetReaders.Read(name).Samples) : TestSides(options.Data))
        {
            try
            {
                digests.Add(ContentDigest.Of(File.ReadAllBytes(sample.ImagePath)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DatasetException($"The gate's picture {sample.ImagePath} cannot be read: {e.Message}", e);
            }
        }

        return digests;
    }

    /// <summary>True for a fixed share of all pictures there can be: by its hash alone, so that none ever changes sides.</summary>
    public static bool IsOfShare(string digest, double share)
        => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(digest.AsSpan(ContentDigest.Prefix.Length, 2 * sizeof(ulong)))) < share * ulong.MaxValue;

    private static IEnumerable<DatasetSample> TestSides(List<string> names)
        => new DatasetDivider(new OpenCvImageDecoder()).Read(names, DivisionRule.Default).SelectMany(d => d.Split.Take(d.Dataset.Samples, SplitName.Test));
}
