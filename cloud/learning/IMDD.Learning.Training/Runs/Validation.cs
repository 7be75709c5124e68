using IMDD.Learning.Evaluation.Ranking;
using IMDD.Learning.Training.Models;
using IMDD.Learning.Training.Naming;
using IMDD.Learning.Training.Pictures;

namespace IMDD.Learning.Training.Runs;

/// <summary>How good a model is on pictures it did not learn from, on the output's grid; undefined measures are null.</summary>
/// <param name="PixelAp">Average precision of cells.</param>
/// <param name="PixelAuroc">Area under their ROC curve.</param>
/// <param name="Iou">Pooled over all cells, at the threshold where it is largest.</param>
/// <param name="ImageAuroc">Area under the pictures' ROC curve.</param>
/// <param name="Naming">Share of pictures of one class whose defective cells, or where they are not marked those around the peak, get its name.</param>
public sealed record Validation(double? PixelAp, double? PixelAuroc, double? Iou, double? ImageAuroc, double? Naming)
{
    private const int MaxCalibrationCells = 200_000;

    private const double UsualThreshold = 0.5;

    // Of a probability that says something.
    private const double HighestThreshold = 0.999;
    private const double ThresholdStep = 0.001;

    /// <summary>One number to choose by: the mean of what is defined; null where nothing is, so that no weights are better than others.</summary>
    public double? Score => new[] { PixelAp, ImageAuroc, Naming }.Average();

    /// <summary>What is defined, by the names of a manifest, which tell it from what was measured on a frozen gate set.</summary>
    internal IReadOnlyDictionary<string, double> ToMetrics()
        => new (string Name, double? Value)[]
            {
                ("validation_pixel_ap", PixelAp),
                ("validation_pixel_auroc", PixelAuroc),
                ("validation_iou", Iou),
                ("validation_image_auroc", ImageAuroc),
                ("validation_naming", Naming),
            }
            .Where(metric => metric.Value is not null)
            .ToDictionary(metric => metric.Name, metric => metric.Value!.Value, StringComparer.Ordinal);

    internal static Validation Of(IReadOnlyList<PictureScores> pictures)
    {
        var cells = Cells(pictures);
        var named = pictures.Where(p => p.Truth >= 0).ToList();
        return new Validation(
            Defined(cells.AveragePrecision()),
            Defined(cells.Auroc()),
            cells.F1Max().F1 is { IsDefined: true } f1 ? f1.Value / (2 - f1.Value) : null,
            Defined(Images(pictures).Auroc()),
            named.Count > 0 ? named.Average(p => p.Named == p.Truth ? 1.0 : 0) : null);

        static double? Defined(Evaluation.MetricValue value) => value.IsDefined ? value.Value : null;
    }

    /// <summary>Probabilities and thresholds from the same pictures.</summary>
    /// <param name="pictures">What the network says of the validation side.</param>
    /// <param name="truths">That side.</param>
    /// <param name="further">
    /// Of some pictures that were trained on, with their truths: few defects of each class are on a small validation side, and what they want of the pixel
    /// threshold is chance.
    /// </param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="stride">Pixels per cell, each way.</param>
    internal static EdgeCalibration Calibrate(
        IReadOnlyList<PictureScores> pictures, IReadOnlyList<TrainingPicture> truths,
        (IReadOnlyList<PictureScores> Scores, IReadOnlyList<TrainingPicture> Truths) further, int classes, int stride)
    {
        var every = Math.Max(1, pictures.Sum(p => (long)p.Logits.Length) / MaxCalibrationCells);
        var pairs = pictures.SelectMany(p => p.Logits.Zip(p.Labels)).Where((_, i) => i % every == 0).ToList();
        var (imageScale, imageOffset) = Platt.Fit([.. pictures.Select(p => (p.Pooled, p.IsDefective))]);
        F1Optimum? images = pictures.Any(p => !p.IsDefective) ? Images(pictures).F1Max() : null;
        double? imageThreshold = images is { F1.IsDefined: true } best ? Platt.Probability(best.Threshold, imageScale, imageOffset) : null;

        // Where most defects are not marked, a cell is as surely defective as a picture whose score it makes.
        var isMarked = 2 * truths.Count(p => p.Mask is not null) >= truths.Count(p => p.IsDefective);
        var (scale, offset) = isMarked ? Platt.Fit(pairs) : (imageScale, imageOffset);
        var ofMasks = PixelThresholds.Best([.. pictures, .. further.Scores], [.. truths, .. further.Truths], stride, scale, offset);
        return new EdgeCalibration
        {
            DefectScale = scale,
            DefectOffset = offset,
            ImageScale = imageScale,
            ImageOffset = imageOffset,
            PixelThreshold = isMarked ? ofMasks ?? UsualThreshold : Math.Max(ofMasks ?? 0, WithoutFurtherAlarms(pictures, scale, offset, imageThreshold) ?? UsualThreshold),
            ImageThreshold = imageThreshold,
            RowThresholds = [.. Enumerable.Range(0, classes).Select(c => RowThreshold(pictures, c))],
        };
    }

    /// <summary>
    /// The threshold of cells at which no good picture that passes by its score fails by a cell: the highest cell is above the score, which is a mean. Null
    /// where pictures have none. Of what fails without a region an agent takes that of the peak.
    /// </summary>
    private static double? WithoutFurtherAlarms(IReadOnlyList<PictureScores> pictures, double scale, double offset, double? imageThreshold)
    {
        if (imageThreshold is not { } threshold)
        {
            return null;
        }

        var passing = pictures.Where(p => !p.IsDefective && p.Logits.Length > 0 && Platt.Probability(p.Pooled, scale, offset) < threshold).ToList();
        var highest = passing.Count == 0 ? threshold : (Math.Floor(passing.Max(p => Platt.Probability(p.Logits.Max(), scale, offset)) / ThresholdStep) + 1) * ThresholdStep;
        return Math.Clamp(highest, threshold, Math.Max(threshold, HighestThreshold));
    }

    private static double RowThreshold(IReadOnlyList<PictureScores> pictures, int index)
        => OwnThreshold.Of(pictures.Where(p => p.Truth == index && p.Named == index).Select(p => p.RowScore).OfType<double>());

    private static RankedScores Cells(IReadOnlyList<PictureScores> pictures)
    {
        ScoreCollector collector = new();
        foreach (var picture in pictures)
        {
            collector.Add(picture.Logits, picture.Labels);
        }

        return collector.Rank();
    }

    private static RankedScores Images(IReadOnlyList<PictureScores> pictures)
    {
        ScoreCollector collector = new();
        foreach (var picture in pictures)
        {
            collector.Add(picture.Pooled, picture.IsDefective);
        }

        return collector.Rank();
    }
}
