using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Inference.Tiling;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>What of a camera's settings a verdict depends on.</summary>
internal sealed record CameraSetup(string? Reference, string? TileSize, int? TileOverlap)
{
    /// <summary>Digest of what is set.</summary>
    public static string DigestOf(ReferencePicture? reference, TilePlan? tiles) => ContentDigest.Of(ImddJson.Serialize(new CameraSetup(
        reference?.Digest, tiles is null ? null : string.Create(CultureInfo.InvariantCulture, $"{tiles.Width}x{tiles.Height}"), tiles?.Overlap)));
}
