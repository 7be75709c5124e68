using IMDD.Imaging;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Reports;

namespace IMDD.Learning.Evaluation.Gates;

/// <summary>Shows a picture to a model and compares what it says with the truth.</summary>
internal sealed class GateMeasurer(IImageDecoder decoder, Vocabulary vocabulary)
{
    /// <summary>A region that overlaps a defect this much (intersection over union) has found it.</summary>
    private const double FoundIou = 0.2;

    private readonly PictureLoader _loader = new(decoder, new DecodeLimits(MaxBytes: 256L << 20));

    /// <summary>What a class is called, whatever a data set or a model writes.</summary>
    public string Meaning(string name) => vocabulary.Resolve(name) ?? name;

    /// <summary>Both models on one picture.</summary>
    /// <param name="sample">The picture.</param>
    /// <param name="champion">The model before.</param>
    /// <param name="challenger">The model after.</param>
    /// <param name="threshold">Pixel threshold of the station; null: each model's own.</param>
    public PairedPicture Measure(DatasetSample sample, IMeasuredModel champion, IMeasuredModel challenger, double? threshold)
    {
        using var image = _loader.Load(sample.ImagePath);
        using var reference = (champion.TakesReference || challenger.TakesReference) && sample.ReferencePath is { } path ? _loader.Load(path) : null;
        var truth = PixelTruth.Read(sample, image.Width, image.Height);
        var masks = InstanceTruth.Masks(sample, truth, image.Width, image.Height) ?? InstanceTruth.Boxes(sample, truth, image.Width, image.Height) ?? [];
        return new PairedPicture(sample, Of(champion), Of(challenger));

        PictureFigures Of(IMeasuredModel model)
        {
            var limit = threshold ?? model.PixelThreshold ?? 0.5;
            var prediction = model.Predict(image, limit, model.TakesReference ? reference : null);
            var decisive = prediction.Instances.Where(i => i.IsDecisive).ToList();
            var rejected = decisive.Count > 0 || (model.ImageThreshold is { } least && prediction.ImageScore >= least);
            var hasPixels = truth is not null && prediction.Scores is not null;
            return new PictureFigures(
                rejected,
                hasPixels ? ConfusionCounts.Of(prediction.Scores, truth!.Mask, (float)limit) : null,
                hasPixels ? OverlapHistogram.Of(prediction.Scores, truth!.Mask, image.Width, image.Height) : null,
                sample.Classes.Select(Meaning).Distinct(StringComparer.Ordinal).ToDictionary(
                    name => name, name => masks.Any(m => IsOf(m, name) && decisive.Exists(i => Meaning(i.Class) == name && Iou(i, m) >= FoundIou)), StringComparer.Ordinal));
        }

        // Where a mask does not say which of the picture's classes its pixels are, any of its defects may be of any of them.
        bool IsOf(TrueInstance instance, string name)
            => Meaning(instance.Class) is var meaning && (meaning == name || !sample.Classes.Any(c => Meaning(c) == meaning));
    }

    private static double Iou(PredictedInstance found, TrueInstance there)
        => found.Mask is { } mask && there.Mask is { } truth ? mask.Iou(truth) : found.Box.Iou(there.Box);
}
