using System.Diagnostics;
using IMDD.Imaging;
using IMDD.Inference;
using IMDD.Inference.Regions;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;
using IMDD.Learning.Datasets.Splits;
using IMDD.Learning.Datasets.Words;
using IMDD.Learning.Evaluation.Images;
using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Pixels;
using IMDD.Learning.Evaluation.Ranking;

namespace IMDD.Learning.Evaluation.Bundles;

/// <summary>Measures any model that meets the segmenter contract on one side of a data set's split.</summary>
public sealed class BundleEvaluator(ISegmenter segmenter, IImageDecoder decoder, Vocabulary vocabulary, EvaluationOptions options)
{
    private static readonly DecodeLimits Limits = new(MaxBytes: 256L << 20);

    private static readonly MetricValue NoSharedClass = MetricValue.NaN("the bundle has none of the data set's classes");

    private readonly PixelScores _pixels = new();
    private readonly ScoreCollector _images = new();
    private readonly AveragePrecision _agnostic = new();
    private readonly AveragePrecision _byClass = new();
    private readonly List<SampleResult> _results = [];
    private readonly List<FileProblem> _problems = [];
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private long _pixelImages;
    private long _instanceImages;

    /// <summary>Runs the model over the samples.</summary>
    /// <param name="dataset">The data set, with its groups joined.</param>
    /// <param name="split">Its split.</param>
    /// <param name="side">Which side; null: all.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    public EvaluationReport Run(Dataset dataset, DatasetSplit split, SplitName? side, Action<int, int>? progress = null)
    {
        var samples = side is { } one ? split.Take(dataset.Samples, one) : dataset.Samples;
        var threshold = options.PixelThreshold ?? segmenter.Manifest.PixelThreshold;
        for (var i = 0; i < samples.Count; i++)
        {
            try
            {
                Measure(samples[i], i, threshold);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageRejectedException or AnnotationException or SegmenterException)
            {
                _problems.Add(new FileProblem(samples[i].Id, e.Message));
            }

            progress?.Invoke(i + 1, samples.Count);
        }

        return new EvaluationReport
        {
            ModelName = $"{segmenter.Manifest.Name} {segmenter.Manifest.Version}",
            ModelDigest = segmenter.Digest,
            Dataset = dataset.Key,
            SplitId = split.Id,
            Side = side is { } shown ? shown.ToString().ToLowerInvariant() : "all",
            Images = _results.Count,
            Anomalous = _results.Count(r => r.Sample.IsAnomalous),
            PixelThreshold = threshold,
            Seed = options.Seed,
            Metrics = Metrics(),
            Intervals = options.Resamples > 0 && _results.Count > 1
                ? GroupBootstrap.Intervals(_results, options.Resamples, options.Seed)
                : new Dictionary<string, BootstrapInterval>(StringComparer.Ordinal),
            Problems = _problems,
            Worst = [.. _results.OrderByDescending(r => r.Error).ThenBy(r => r.Sample.Id, StringComparer.Ordinal).Take(options.WorstCases)],
            UnknownLabels = [.. _unknown],
        };
    }

    private void Measure(DatasetSample sample, int index, double threshold)
    {
        using var image = decoder.Decode(File.ReadAllBytes(sample.ImagePath), Limits);
        var truth = TruthMask.Read(sample, image.Width, image.Height);
        var start = Stopwatch.GetTimestamp();
        var result = segmenter.Run([image]).Images[0];
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var regions = RegionExtractor.Extract(
            result, segmenter.Manifest, new RegionOptions { PixelThreshold = threshold, MinAreaPx = options.MinAreaPx, MaxRegions = 100 }, image.Width, image.Height);
        ConfusionCounts? counts = null;
        if (truth is not null)
        {
            var scores = ScoreMap.Resize(result, image.Width, image.Height);
            _pixels.Add(scores, truth, image.Width, image.Height);
            counts = ConfusionCounts.Of(scores, truth, (float)threshold);
            _pixelImages++;
        }

        _images.Add(result.ImageScore, sample.IsAnomalous);
        if (sample.Boxes.Count > 0 || truth is not null)
        {
            AddInstances(index, InstanceTruth.Of(sample, truth, image.Width, image.Height), regions);
            _instanceImages++;
        }

        _results.Add(new SampleResult(sample, result.ImageScore, regions.Count > 0 ? Meaning(regions[0].Class) : null, counts, seconds));
    }

    private void AddInstances(int index, IReadOnlyList<(string Class, Box Box)> truths, DetectedRegions regions)
    {
        var found = regions.Select(r => (Class: Meaning(r.Class), r.Score, Box: new Box(r.BboxPx[0], r.BboxPx[1], r.BboxPx[0] + r.BboxPx[2], r.BboxPx[1] + r.BboxPx[3]))).ToList();
        _agnostic.Add(index, "defect", truths.Count, [.. found.Select(f => (f.Score, (IReadOnlyList<double>)[.. truths.Select(t => t.Box.Iou(f.Box))]))]);
        foreach (var name in truths.Select(t => Meaning(t.Class)).Concat(found.Select(f => f.Class)).Distinct(StringComparer.Ordinal))
        {
            var own = truths.Where(t => Meaning(t.Class) == name).ToList();
            _byClass.Add(index, name, own.Count, [.. found.Where(f => f.Class == name).Select(f => (f.Score, (IReadOnlyList<double>)[.. own.Select(t => t.Box.Iou(f.Box))]))]);
        }
    }

    /// <summary>A class by what it means, so that a model's "pit" and a data set's "Pitting" are one.</summary>
    private string Meaning(string className)
    {
        var id = vocabulary.Resolve(className);
        if (id is null)
        {
            _unknown.Add(className);
        }

        return id ?? className;
    }

    private List<KeyValuePair<string, MetricValue>> Metrics()
    {
        List<KeyValuePair<string, MetricValue>> metrics = [];
        var images = _images.Rank();
        Add("image_auroc", images.Auroc());
        Add("image_ap", images.AveragePrecision());
        Add("image_f1_max", images.F1Max().F1);
        Add("false_alarm_rate_at_full_recall", FalseAlarms.AtFullRecall(images) is { } alarms ? MetricValue.Of(alarms.Rate.Share) : MetricValue.NaN("one class only"));
        var noPixels = MetricValue.NaN("no defective picture has pixel truth");
        Add("pixel_auroc", _pixelImages > 0 ? _pixels.Auroc() : noPixels);
        Add("pixel_ap", _pixelImages > 0 ? _pixels.AveragePrecision() : noPixels);
        Add("pixel_f1_max", _pixelImages > 0 ? _pixels.F1Max().F1 : noPixels);
        Add("aupro_30", _pixelImages > 0 ? _pixels.Aupro(0.3) : noPixels);
        Add("aupro_5", _pixelImages > 0 ? _pixels.Aupro(0.05) : noPixels);
        var pooled = _results.Aggregate(default(ConfusionCounts), (sum, r) => sum + (r.Counts ?? default));
        var hasDefects = pooled.TruePositives + pooled.FalseNegatives > 0;
        Add("iou_pooled", hasDefects ? pooled.Iou : noPixels);
        Add("dice_pooled", hasDefects ? pooled.Dice : noPixels);
        var defective = _results.Where(r => r.Sample.IsAnomalous && r.Counts is not null).Select(r => r.Counts!.Value).ToList();
        Add("iou_macro", Mean(defective, c => c.Iou));
        Add("dice_macro", Mean(defective, c => c.Dice));
        Add("class_accuracy", ClassAccuracy());
        var noInstances = MetricValue.NaN("the data set has neither boxes nor masks");
        Add("ap50", _instanceImages == 0 ? noInstances : SharesClasses() ? _byClass.At(0.5) : NoSharedClass);
        Add("ap50_agnostic", _instanceImages > 0 ? _agnostic.At(0.5) : noInstances);
        Add("ap75_agnostic", _instanceImages > 0 ? _agnostic.At(0.75) : noInstances);
        Add("ap_agnostic", _instanceImages > 0 ? _agnostic.Coco() : noInstances);
        Add("mean_best_iou", _instanceImages > 0 ? _agnostic.MeanBestIou() : noInstances);
        Add("inference_ms_median", _results.Count > 0 ? MetricValue.Of(1000 * _results.Select(r => r.Seconds).Order().ElementAt(_results.Count / 2)) : MetricValue.NaN("no picture"));
        return metrics;

        void Add(string key, MetricValue value) => metrics.Add(new(key, value));
    }

    /// <summary>Share of defective pictures whose worst region has one of the picture's classes; undefined where the bundle has none of them.</summary>
    private MetricValue ClassAccuracy()
    {
        var named = _results.Where(r => r.Sample.IsAnomalous && r.Sample.Classes.Count > 0).ToList();
        return named.Count == 0 ? MetricValue.NaN("the data set names no defects")
            : !SharesClasses() ? NoSharedClass
            : MetricValue.Of(named.Average(r => r.PredictedClass is { } p && r.Sample.Classes.Any(c => Meaning(c) == p) ? 1.0 : 0));
    }

    private bool SharesClasses()
    {
        var known = segmenter.Manifest.Classes.Select(c => Meaning(c.Id)).ToHashSet(StringComparer.Ordinal);
        return _results.SelectMany(r => r.Sample.Classes).Any(c => known.Contains(Meaning(c)));
    }

    private static MetricValue Mean(List<ConfusionCounts> counts, Func<ConfusionCounts, MetricValue> metric)
    {
        var values = counts.Select(metric).Where(v => v.IsDefined).Select(v => v.Value).ToList();
        return values.Count == 0 ? MetricValue.NaN("no defective picture has pixel truth") : MetricValue.Of(values.Average());
    }
}
