using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Imaging.Masks;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>A bundle that meets the segmenter contract.</summary>
/// <param name="segmenter">Disposed with this.</param>
/// <param name="minAreaPx">Smaller regions are no detections, pixels.</param>
public sealed class BundleModel(ISegmenter segmenter, long minAreaPx = 4) : IMeasuredModel
{
    // As many as average precision looks at.
    private const int MaxRegions = 100;

    /// <inheritdoc/>
    public string Name => $"{segmenter.Manifest.Name} {segmenter.Manifest.Version}";

    /// <inheritdoc/>
    public string Digest => segmenter.Digest;

    /// <inheritdoc/>
    public string? SplitId => segmenter.Manifest.TrainedFrom?.SplitId;

    /// <inheritdoc/>
    public double? PixelThreshold => segmenter.Manifest.PixelThreshold;

    /// <inheritdoc/>
    public double? ImageThreshold => segmenter.Manifest.ImageThreshold;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; } = [.. segmenter.Manifest.Classes.Select(c => c.Id)];

    /// <inheritdoc/>
    public bool TakesReference { get; } = segmenter.Manifest.TakesReference();

    /// <inheritdoc/>
    public Prediction Predict(RgbImage image, double? pixelThreshold, RgbImage? reference = null)
    {
        if (TakesReference && (reference?.Width, reference?.Height) != (image.Width, image.Height))
        {
            throw new SegmenterException(reference is null
                ? "It has no reference picture, with which this model compares."
                : $"Its reference picture has {reference.Width}×{reference.Height} pixels: expected {image.Width}×{image.Height}, the picture's.");
        }

        var start = Stopwatch.GetTimestamp();
        var result = segmenter.Run([image], TakesReference ? [reference!] : null).Images[0];
        var runtime = Stopwatch.GetElapsedTime(start);
        IReadOnlyList<PredictedInstance> instances = [];
        if (pixelThreshold is { } threshold)
        {
            RegionOptions options = new() { PixelThreshold = threshold, MinAreaPx = minAreaPx, MaxRegions = MaxRegions };
            instances = [.. RegionExtractor.Extract(result, segmenter.Manifest, options, image.Width, image.Height).Select(r => Instance(r, image.Width))];
        }

        return new Prediction(result.ImageScore, ScoreMap.Of(result, image.Width, image.Height), instances, runtime);
    }

    /// <inheritdoc/>
    public void Dispose() => segmenter.Dispose();

    private static PredictedInstance Instance(DetectedRegion region, int width)
    {
        var box = region.BboxPx;
        var mask = CocoRle.Decode(region.MaskRle, maxPixels: int.MaxValue);
        return new PredictedInstance(
            region.Class,
            region.Score,
            new Box(box[0], box[1], box[0] + box[2], box[1] + box[3]),
            InstanceMask.Cut(mask, width, box[0], box[1], box[2], box[3]));
    }
}
