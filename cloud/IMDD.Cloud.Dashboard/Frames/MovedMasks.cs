using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Storage;

namespace IMDD.Cloud.Dashboard.Frames;

/// <summary>Fetches the masks that were too large for their event.</summary>
internal static class MovedMasks
{
    /// <summary>Run lengths of a frame of 64 megapixels in which every other pixel is set.</summary>
    private const long MaxBytes = 32L << 20;

    /// <summary>The regions with every mask in place that has a blob; a region whose blob is gone keeps its contour.</summary>
    /// <exception cref="FormatException">A blob is no mask.</exception>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public static async Task<IReadOnlyList<DefectRegion>> FetchAsync(IReadOnlyList<DefectRegion> given, IBlobStore blobs, CancellationToken cancellationToken)
    {
        List<DefectRegion> regions = [.. given];
        for (var i = 0; i < regions.Count; i++)
        {
            if (regions[i].MaskRle is null && BlobName.TryGetDigest(regions[i].MaskUri, out var digest)
                && await blobs.GetAsync(digest, MaxBytes, cancellationToken) is { } content)
            {
                regions[i] = regions[i] with { MaskRle = Read(content, digest) };
            }
        }

        return regions;
    }

    private static MaskRle Read(byte[] content, string digest)
    {
        try
        {
            return ImddJson.Deserialize<MaskRle>(content);
        }
        catch (JsonException e)
        {
            throw new FormatException($"Blob {digest} is not a mask: {e.Message}", e);
        }
    }
}
