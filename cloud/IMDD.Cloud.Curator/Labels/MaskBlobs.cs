using IMDD.Contracts.Events;
using IMDD.Storage;

namespace IMDD.Cloud.Curator.Labels;

/// <summary>Moves masks that are too large for an event to blob storage, before the event that names them.</summary>
internal sealed class MaskBlobs(IBlobStore blobs)
{
    // Of 256 KiB in all, polygons take up to 50 and names up to 12.
    private const int MaxInlineCharacters = 96 << 10;
    private const string ContentType = "application/json";

    /// <summary>The regions, the largest masks moved until the rest fits.</summary>
    /// <exception cref="BlobStoreException">The store does not answer.</exception>
    public async Task<IReadOnlyList<LabelledRegion>> FitAsync(List<LabelledRegion> regions, CancellationToken cancellationToken)
    {
        var inline = regions.Sum(region => region.MaskRle?.Counts.Length ?? 0);
        foreach (var (region, index) in regions.Select((region, index) => (region, index)).OrderByDescending(r => r.region.MaskRle?.Counts.Length ?? 0).ToList())
        {
            if (inline <= MaxInlineCharacters || region.MaskRle is not { } rle)
            {
                break;
            }

            var stored = await blobs.PutAsync(ImddJson.Serialize(rle), ContentType, cancellationToken);
            regions[index] = region with { MaskRle = null, MaskUri = stored.Uri.ToString() };
            inline -= rle.Counts.Length;
        }

        return regions;
    }
}
