using IMDD.Contracts.Models;

namespace IMDD.Inference.Regions;

/// <summary>What a station's recipe says about regions.</summary>
public sealed record RegionOptions
{
    /// <summary>A pixel counts when its defect probability is at least this, 0 to 1.</summary>
    public required double PixelThreshold { get; init; }

    /// <summary>
    /// A frame with this image score or a higher one has a region: where no pixel reaches the threshold, the one around its highest pixel, down to half of
    /// that one's probability. Null: pixels alone make regions.
    /// </summary>
    public double? ImageThreshold { get; init; }

    /// <summary>Smaller regions are dropped, pixels of the original frame.</summary>
    public long MinAreaPx { get; init; } = 1;

    /// <summary>Polygons <c>[x0, y0, x1, y1, …]</c> in pixels of the original frame, even-odd rule: nothing is looked for inside.</summary>
    public IReadOnlyList<IReadOnlyList<double>> IgnoreAreas { get; init; } = [];

    /// <summary>Most regions described; the worst are kept, the others only counted.</summary>
    public int MaxRegions { get; init; } = 64;

    /// <summary>By a bundle's own thresholds, as of a station without a recipe.</summary>
    public static RegionOptions Of(BundleManifest manifest) => new() { PixelThreshold = manifest.PixelThreshold, ImageThreshold = manifest.ImageThreshold };
}
