using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Imaging.Masks;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Inference.Tiling;
using IMDD.Learning.Evaluation.Instances;

namespace IMDD.Learning.Evaluation.Models;

/// <summary>A bundle that meets the segmenter contract.</summary>
/// <param name="segmenter">Disposed with this.</param>
/// <param name="minAreaPx">Smaller regions are no detections, pixels.</param>
/// <param name="tiles">How pictures are cut into tiles, as the agent does; null: whole.</param>
/// <param name="ranksByConfidence">False: regions are ranked by their highest pixel though the bundle knows better, since they are ranked together with those of one that does not.</param>
public sealed class BundleModel(ISegmenter segmenter, long minAreaPx = 4, TilePlan? tiles = null, bool ranksByConfidence = true) : IMeasuredModel
{
    private readonly TiledRun _tiled = new(maxBatch: 1);

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
        var compared = TakesReference ? reference : null;
        var result = tiles is null ? segmenter.Run([image], compared is null ? null : [compared]).Images[0] : _tiled.Run(segmenter, tiles, image, compared);
        var runtime = Stopwatch.GetElapsedTime(start);
        IReadOnlyList<PredictedInstance> instances = [];
        if (pixelThreshold is { } threshold)
        {
            instances =
            [
                .. RankedRegions.Of(result, segmenter.Manifest, threshold, minAreaPx, image.Width, image.Height)
                    .Select(ranked => Instance(ranked.Region, image.Width, ranked.IsDecisive))
                    .OrderByDescending(instance => instance.IsDecisive).ThenByDescending(instance => instance.Score),
            ];
        }

        return new Prediction(result.ImageScore, ScoreMap.Of(result, image.Width, image.Height), instances, runtime);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tiled.Dispose();
        segmenter.Dispose();
    }

    private PredictedInstance Instance(DetectedRegion region, int width, bool isDecisive)
    {
        var box = region.BboxPx;
        var mask = CocoRle.Decode(region.MaskRle, maxPixels: int.MaxValue);
        return new PredictedInstance(
            region.Class,
            (ranksByConfidence ? region.Confidence : null) ?? region.Score,
            Box.At(box[0], box[1], box[2], box[3]),
            InstanceMask.Cut(mask, width, box[0], box[1], box[2], box[3]),
            isDecisive);
    }
}
