using IMDD.Contracts.Models;
using IMDD.Inference;
using IMDD.Inference.Regions;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>Regions as average precision ranks them: those that a model finds, and fainter ones (<see cref="FaintLevels"/>).</summary>
public static class RankedRegions
{
    // As many of each level as average precision looks at.
    private const int MaxRegions = 100;

    /// <summary>The regions of a picture, those that the model finds first.</summary>
    /// <param name="result">What the model says of it.</param>
    /// <param name="manifest">The model's.</param>
    /// <param name="pixelThreshold">Above which pixels are a region.</param>
    /// <param name="minAreaPx">Smaller ones are none, pixels.</param>
    /// <param name="width">Of the picture, pixels.</param>
    /// <param name="height">Of the picture, pixels.</param>
    public static IEnumerable<(DetectedRegion Region, bool IsDecisive)> Of(
        SegmentationResult result, BundleManifest manifest, double pixelThreshold, long minAreaPx, int width, int height)
    {
        var options = RegionOptions.Of(manifest) with { PixelThreshold = pixelThreshold, MinAreaPx = minAreaPx, MaxRegions = MaxRegions };
        return Found(options).Select(region => (region, true)).Concat(
            FaintLevels.Under(pixelThreshold).SelectMany(level => Found(options with { PixelThreshold = level.From, ImageThreshold = null })
                .Where(region => region.Score < level.Below)
                .Select(region => (region, false))));

        DetectedRegions Found(RegionOptions regions) => RegionExtractor.Extract(result, manifest, regions, width, height);
    }
}
