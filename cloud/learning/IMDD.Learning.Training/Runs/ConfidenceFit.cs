using IMDD.Contracts.Models;
using IMDD.Imaging.Masks;
using IMDD.Inference.Bundles;
using IMDD.Inference.Regions;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>
/// How surely a region is a defect, by logistic regression on the regions that a model finds on pictures it did not learn from, the faint ones too. One is a
/// defect when its box meets that of one at an IoU of a tenth: it is not a mere corner of one, or something else beside it.
/// </summary>
/// <remarks>What it gains, and a stricter meeting, are in the README of the networks.</remarks>
internal static class ConfidenceFit
{
    private const double LeastIou = 0.1;
    private const long MinAreaPx = 4;

    /// <summary>With fewer of either kind the fit is chance.</summary>
    private const int LeastOfKind = 20;

    /// <summary>
    /// Standard deviations by which the area's weight must be above nothing: below that it is chance. Never does it count against a region: one larger than
    /// any that was seen would then be none.
    /// </summary>
    private const double LeastDeviations = 3;

    /// <summary>Fits, and puts what is found into the model's calibration.</summary>
    /// <param name="model">Calibrated but for this.</param>
    /// <param name="data">What it is judged by.</param>
    public static void Apply(EdgeModel model, TrainingData data)
        => model.Description = model.Description with { Calibration = model.Description.Calibration with { Regions = Fit(model, data) } };

    /// <summary>Fits; null where the data do not show that a region's size says anything, or show only defects that were painted, whose sizes are the painter's.</summary>
    /// <param name="model">With its calibration, by which regions are found.</param>
    /// <param name="data">What it is judged by.</param>
    public static BundleRegionConfidence? Fit(EdgeModel model, TrainingData data)
    {
        if (data.PaintedSeed is not null)
        {
            return null;
        }

        var learned = data.Train.Select(picture => (picture.Dataset, picture.Id)).ToHashSet();
        using TorchSegmenter segmenter = new(model);
        return Fit([.. data.Validation.Where(picture => picture.HasPixelTruth && !learned.Contains((picture.Dataset, picture.Id))).SelectMany(picture => Regions(segmenter, picture))]);
    }

    /// <summary>Fits to regions; null where their size says nothing for certain. A peak that speaks against them is left out.</summary>
    /// <param name="regions">What a confidence is made of (<see cref="RegionConfidence.Features"/>), and the truth.</param>
    public static BundleRegionConfidence? Fit(IReadOnlyList<(double Peak, double Area, bool IsDefect)> regions)
    {
        var defects = regions.Count(region => region.IsDefect);
        if (Math.Min(defects, regions.Count - defects) < LeastOfKind)
        {
            return null;
        }

        var (weights, deviations) = LogisticRegression.Fit([.. regions.Select(region => (new[] { 1, region.Peak, region.Area }, region.IsDefect))], [0, 1, 0]);
        if (weights[1] < 0)
        {
            (var sizes, deviations) = LogisticRegression.Fit([.. regions.Select(region => (new[] { 1, region.Area }, region.IsDefect))], [0, 0]);
            weights = [sizes[0], 0, sizes[1]];
        }

        return weights[2] < LeastDeviations * deviations[^1] ? null : new BundleRegionConfidence(weights[0], weights[1], weights[2]);
    }

    private static IEnumerable<(double Peak, double Area, bool IsDefect)> Regions(TorchSegmenter segmenter, TrainingPicture picture)
    {
        using var image = picture.ImageOf(picture.Rgb);
        using var reference = segmenter.Manifest.TakesReference() ? picture.ImageOf(KnownGoodView.Of(picture)) : null;
        var result = segmenter.Run([image], reference is null ? null : [reference]).Images[0];
        var truths = Defects(picture);
        return
        [
            .. RankedRegions.Of(result, segmenter.Manifest, segmenter.Manifest.PixelThreshold, MinAreaPx, picture.Width, picture.Height).Select(ranked =>
            {
                var (peak, area) = RegionConfidence.Features(ranked.Region.Score, ranked.Region.AreaPx);
                var box = ranked.Region.BboxPx;
                return (peak, area, truths.Any(truth => truth.Iou(Box.At(box[0], box[1], box[2], box[3])) >= LeastIou));
            }),
        ];
    }

    /// <summary>The boxes of a picture's defects.</summary>
    private static IReadOnlyList<Box> Defects(TrainingPicture picture)
    {
        if (picture.Mask is null || picture.Boxes.Count > 0)
        {
            return picture.Boxes;
        }

        using var areas = ConnectedComponents.Find(picture.Mask, picture.Width, picture.Height);
        return [.. Enumerable.Range(1, areas.Count).Select(label => areas[label]).Select(area => Box.At(area.X, area.Y, area.Width, area.Height))];
    }
}
