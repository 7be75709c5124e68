namespace IMDD.Contracts.Events;

/// <summary>The blob of a region's mask: <see cref="MaskRle"/> as JSON.</summary>
/// <param name="Region">Index of the region in the defect event.</param>
/// <param name="Uri">Where the blob is.</param>
public sealed record StoredMask(int Region, string Uri);
