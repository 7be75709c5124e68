using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Measures a model on one side of a data set's split.</summary>
public sealed class ModelEvaluator(IMeasuredModel model, IImageDecoder decoder, Vocabulary vocabulary, EvaluationOptions options)
{
    private readonly PictureLoader _loader = new(decoder, new DecodeLimits(MaxBytes: 256L << 20));

    /// <summary>Runs the model over the samples.</summary>
    /// <param name="dataset">The data set, with its groups joined.</param>
    /// <param name="split">Its split.</param>
    /// <param name="side">Which side; null: all.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    public EvaluationReport Run(Dataset dataset, DatasetSplit split, SplitName? side, Action<int, int>? progress = null)
        => Run([new EvaluationFold(model, dataset, split)], side, Validation(dataset, split, side), progress);

    /// <summary>
    /// Runs several models, each over the same side of its own split, and measures what they say together: the folds of a cross-validation, with
    /// detections pooled before they are ranked. Each uses its own thresholds; none is chosen on a validation side.
    /// </summary>
    /// <param name="folds">At least one; the report is in the name of the first.</param>
    /// <param name="side">Which side; null: all.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    public EvaluationReport RunPooled(IReadOnlyList<EvaluationFold> folds, SplitName? side, Action<int, int>? progress = null)
        => Run(folds, side, ValidationThresholds.None("figures of several models are pooled"), progress);

    private EvaluationReport Run(IReadOnlyList<EvaluationFold> folds, SplitName? side, ValidationThresholds validation, Action<int, int>? progress)
    {
        List<(IMeasuredModel Model, DatasetSample Sample)> samples =
        [
            .. folds.SelectMany(f => (side is { } one ? f.Split.Take(f.Dataset.Samples, one) : f.Dataset.Samples).Select(s => (f.Model, s))),
        ];
        ClassMeanings meanings = new(vocabulary, [.. folds.SelectMany(f => f.Model.Classes)]);
        ImageTally images = new(meanings, validation);
        PixelTally pixels = new(meanings, validation, Ranking([.. samples.Select(s => s.Sample)]));
        InstanceTally instances = new(meanings);
        List<SampleResult> results = [];
        List<FileProblem> problems = [];
        for (var i = 0; i < samples.Count; i++)
        {
            var number = i;
            Try(samples[i].Sample, problems, () =>
            {
                var (measured, sample) = samples[number];
                var result = Measure(measured, sample, number, Threshold(measured, validation), meanings, pixels, instances);
                images.Add(result);
                results.Add(result);
            });
            progress?.Invoke(i + 1, samples.Count);
        }

        var (first, dataset, split) = folds[0];
        List<KeyValuePair<string, MetricValue>> metrics = [.. images.Metrics(), .. pixels.Metrics(), .. instances.Metrics()];
        metrics.Add(new("inference_ms_median", Median(results)));
        return new EvaluationReport
        {
            ModelName = first.Name,
            ModelDigest = first.Digest,
            Dataset = dataset.Key,
            SplitId = split.Id,
            Side = side is { } shown ? shown.ToString().ToLowerInvariant() : "all",
            Images = results.Count,
            Anomalous = results.Count(r => r.Sample.IsAnomalous),
            PixelThreshold = Threshold(first, validation),
            ImageThreshold = first.ImageThreshold,
            Seed = options.Seed,
            Metrics = metrics,
            Intervals = Intervals(results, images),
            Problems = problems,
            Worst = [.. results.OrderByDescending(r => r.Error).ThenByDescending(r => r.WrongPixels).ThenBy(r => r.Sample.Id, StringComparer.Ordinal).Take(options.WorstCases)],
            UnknownLabels = [.. meanings.Unknown],
        };
    }

    private double? Threshold(IMeasuredModel measured, ValidationThresholds validation)
        => options.PixelThreshold ?? measured.PixelThreshold ?? (validation.Pixel.IsDefined ? validation.Pixel.Value : null);

    private SampleResult Measure(
        IMeasuredModel model, DatasetSample sample, int number, double? threshold, ClassMeanings meanings, PixelTally pixels, InstanceTally instances)
    {
        using var image = _loader.Load(sample.ImagePath);
        var truth = PixelTruth.Read(sample, image.Width, image.Height);
        using var reference = Reference(sample);
        var prediction = model.Predict(image, threshold, reference);
        var counts = pixels.Add(truth, prediction, image.Width, image.Height, threshold);
        if (threshold is not null)
        {
            var boxes = InstanceTruth.Boxes(sample, truth, image.Width, image.Height);
            instances.Add(number, boxes, InstanceTruth.Masks(sample, truth, image.Width, image.Height), prediction.Instances);
        }

        var surest = prediction.Instances.FirstOrDefault(i => i.IsDecisive);
        var rejected = model.ImageThreshold is { } limit ? prediction.ImageScore >= limit : surest is not null;
        var likeliest = surest ?? prediction.Instances.MaxBy(i => i.Score);
        return new SampleResult(sample, prediction.ImageScore, rejected, Named(surest), Named(likeliest), counts, prediction.Runtime.TotalSeconds);

        string? Named(PredictedInstance? instance) => instance is null ? null : meanings.OfModel(instance.Class);
    }

    private RgbImage? Reference(DatasetSample sample) => model.TakesReference && sample.ReferencePath is { } path ? _loader.Load(path) : null;

    private ValidationThresholds Validation(Dataset dataset, DatasetSplit split, SplitName? side)
    {
        if (!options.ChooseThresholds)
        {
            return ValidationThresholds.None("no threshold was chosen on the validation side");
        }

        if (side is null or SplitName.Val)
        {
            return ValidationThresholds.None("the measured pictures include those of the validation side, on which the threshold would be chosen");
        }

        var samples = split.Take(dataset.Samples, SplitName.Val);
        ScoreCollector images = new();
        var pixels = Ranking(samples);
        var hasMaps = false;
        foreach (var sample in samples)
        {
            Try(sample, problems: null, () =>
            {
                using var image = _loader.Load(sample.ImagePath);
                var truth = PixelTruth.Read(sample, image.Width, image.Height);
                using var reference = Reference(sample);
                var prediction = model.Predict(image, pixelThreshold: null, reference);
                images.Add(prediction.ImageScore, sample.IsAnomalous);
                if (truth is not null && prediction.Scores is { } scores)
                {
                    pixels.Add(scores, truth.Mask, image.Width, image.Height);
                    hasMaps = true;
                }
            });
        }

        return new ValidationThresholds(
            Threshold(images.Rank().F1Max(), "the validation side has no defective picture"),
            hasMaps ? Threshold(pixels.F1Max(), "the validation side has no defective pixel") : MetricValue.NaN("the validation side has no pixel truth"));
    }

    private static MetricValue Threshold(F1Optimum optimum, string otherwise)
        => optimum.F1.IsDefined ? MetricValue.Of(optimum.Threshold) : MetricValue.NaN(otherwise);

    private static void Try(DatasetSample sample, List<FileProblem>? problems, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException or AnnotationException or SegmenterException)
        {
            problems?.Add(new FileProblem(sample.Id, e.Message));
        }
    }

    /// <summary>Exact where the pixels fit, by the sizes in the pictures' headers.</summary>
    private IPixelRanking Ranking(IReadOnlyList<DatasetSample> samples)
    {
        long pixels = 0;
        foreach (var sample in samples.Where(s => s.HasPixelTruth))
        {
            try
            {
                var (width, height) = ImageSizes.Read(sample.ImagePath);
                pixels += (long)width * height;
            }
            catch (AnnotationException)
            {
                // It is reported when it is measured.
                continue;
            }
        }

        return pixels > options.MaxExactPixels ? new HistogramPixelScores() : new PixelScores();
    }

    private Dictionary<string, MetricInterval> Intervals(List<SampleResult> results, ImageTally images)
    {
        Dictionary<string, MetricInterval> intervals = options.Resamples > 0 && results.Count > 1
            ? GroupBootstrap.Intervals(results, options.Resamples, options.Seed)
            : new(StringComparer.Ordinal);
        if (images.FalseAlarms is { } alarms)
        {
            // Exact, by Clopper and Pearson, over parts and not over groups.
            intervals["false_alarm_rate_at_full_recall"] = new MetricInterval(alarms.Rate.Low, alarms.Rate.High);
        }

        return intervals;
    }

    private static MetricValue Median(List<SampleResult> results)
        => results.Count > 0 ? MetricValue.Of(1000 * results.Select(r => r.Seconds).Order().ElementAt(results.Count / 2)) : MetricValue.NaN("no picture");
}
