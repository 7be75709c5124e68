using IMDD.Learning.Evaluation.Models;
using IMDD.Learning.Evaluation.Pixels;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>
/// Pixel by pixel: what is defective, and of which class. Two measures by class: <c>iou_pooled_CLASS</c>, of defective pixels under whatever name,
/// pooled over the pictures that show this class alone; and <c>iou_class_CLASS</c>, of pixels that were given this name, over all pictures.
/// </summary>
internal sealed class PixelTally(ClassMeanings meanings, ValidationThresholds validation, IPixelRanking ranking)
{
    private static readonly MetricValue NoTruth = MetricValue.NaN("no defective picture has pixel truth");
    private static readonly MetricValue NoMap = MetricValue.NaN("the model gives no score per pixel");
    private static readonly MetricValue NoThreshold = MetricValue.NaN("the model has no pixel threshold of its own: give one, or measure the test side");

    private readonly List<ConfusionCounts> _defective = [];
    private readonly SemanticScores _classes = new();
    private readonly SortedDictionary<string, ConfusionCounts> _pooledByClass = new(StringComparer.Ordinal);
    private ConfusionCounts _pooled;
    private ConfusionCounts _pooledAtValidation;
    private bool _hasTruth;
    private bool _hasMap;
    private bool _hasThreshold;
    private bool _hasClasses;

    /// <summary>Adds a picture; gives its counts at the threshold, or null where it has none.</summary>
    public ConfusionCounts? Add(PixelTruth? truth, Prediction prediction, int width, int height, double? threshold)
    {
        var isDefective = truth?.Mask.AsSpan().Contains(true) ?? false;
        _hasTruth |= isDefective;
        _hasMap |= prediction.Scores is not null;
        if (truth is null || prediction.Scores is not { } scores)
        {
            return null;
        }

        ranking.Add(scores, truth.Mask, width, height);
        if (validation.Pixel.IsDefined)
        {
            _pooledAtValidation += ConfusionCounts.Of(scores, truth.Mask, (float)validation.Pixel.Value);
        }

        if (threshold is not { } at)
        {
            return null;
        }

        _hasThreshold = true;
        var counts = ConfusionCounts.Of(scores, truth.Mask, (float)at);
        _pooled += counts;
        if (isDefective)
        {
            _defective.Add(counts);
            if (truth.Names.Count == 1)
            {
                var name = meanings.OfTruth(truth.Names[0]);
                _pooledByClass[name] = _pooledByClass.GetValueOrDefault(name) + counts;
            }
        }

        if (truth.Classes is { } classes)
        {
            _hasClasses |= isDefective;
            AddClasses(classes, truth.Names, prediction.Instances, width);
        }

        return counts;
    }

    public IEnumerable<KeyValuePair<string, MetricValue>> Metrics()
    {
        MetricValue? missing = !_hasMap ? NoMap : !_hasTruth ? NoTruth : null;
        yield return new("pixel_auroc", missing ?? ranking.Auroc());
        yield return new("pixel_ap", missing ?? ranking.AveragePrecision());
        yield return new("pixel_f1_max", missing ?? ranking.F1Max().F1);
        yield return new("aupro_30", missing ?? ranking.Aupro(0.3));
        yield return new("aupro_5", missing ?? ranking.Aupro(0.05));
        var unmeasured = missing ?? (_hasThreshold ? null : NoThreshold);
        yield return new("pixel_accuracy", unmeasured ?? _pooled.Accuracy);
        yield return new("pixel_precision", unmeasured ?? _pooled.Precision);
        yield return new("pixel_recall", unmeasured ?? _pooled.Recall);
        yield return new("iou_pooled", unmeasured ?? _pooled.Iou);
        yield return new("dice_pooled", unmeasured ?? _pooled.Dice);
        yield return new("iou_macro", unmeasured ?? Mean(c => c.Iou));
        yield return new("dice_macro", unmeasured ?? Mean(c => c.Dice));
        yield return new("pixel_kappa", unmeasured ?? _pooled.Kappa);
        yield return new("miou_binary", unmeasured ?? MetricValue.Of((_pooled.Iou.Value + _pooled.BackgroundIou.Value) / 2));
        var unnamed = unmeasured ?? (!_hasClasses ? MetricValue.NaN("the data set does not say which class a pixel has") : meanings.Shared ? null : ClassMeanings.NotShared);
        yield return new("miou", unnamed ?? _classes.MeanIou(withBackground: false));
        yield return new("miou_with_background", unnamed ?? _classes.MeanIou(withBackground: true));
        if (unmeasured is null)
        {
            foreach (var (name, counts) in _pooledByClass)
            {
                yield return new($"iou_pooled_{Key(name)}", counts.Iou);
            }
        }

        if (unnamed is null)
        {
            foreach (var (name, iou) in _classes.IouByClass())
            {
                yield return new($"iou_class_{Key(name)}", iou);
            }
        }

        yield return new("pixel_threshold_val", missing ?? validation.Pixel);
        var unvalidated = missing ?? (validation.Pixel.IsDefined ? null : validation.Pixel);
        yield return new("pixel_precision_at_val", unvalidated ?? _pooledAtValidation.Precision);
        yield return new("pixel_recall_at_val", unvalidated ?? _pooledAtValidation.Recall);
        yield return new("pixel_f1_at_val", unvalidated ?? _pooledAtValidation.Dice);
        yield return new("iou_pooled_at_val", unvalidated ?? _pooledAtValidation.Iou);
        if (ranking.AurocErrorBound > 0)
        {
            yield return new("pixel_auroc_error_bound", MetricValue.Of(ranking.AurocErrorBound));
        }
    }

    /// <summary>A class's id as part of a metric's name.</summary>
    private static string Key(string id) => id.Replace('-', '_').Replace(' ', '_').ToLowerInvariant();

    private void AddClasses(byte[] classes, IReadOnlyList<string> names, IReadOnlyList<PredictedInstance> instances, int width)
    {
        List<string> predictedNames = [];
        var predicted = new byte[classes.Length];

        // Surest last, so that it is on top where instances overlap.
        foreach (var instance in instances.Where(i => i.IsDecisive && i.Mask is not null).Reverse())
        {
            var name = meanings.OfModel(instance.Class);
            var number = predictedNames.IndexOf(name) + 1;
            if (number == 0)
            {
                predictedNames.Add(name);
                number = predictedNames.Count;
            }

            var mask = instance.Mask!;
            for (var row = 0; row < mask.Height; row++)
            {
                var cells = mask.Row(row);
                for (var column = 0; column < cells.Length; column++)
                {
                    if (cells[column])
                    {
                        predicted[(mask.Y + row) * width + mask.X + column] = (byte)number;
                    }
                }
            }
        }

        _classes.Add(classes, [.. names.Select(meanings.OfTruth)], predicted, predictedNames);
    }

    private MetricValue Mean(Func<ConfusionCounts, MetricValue> metric)
        => _defective.Count == 0 ? NoTruth : MetricValue.Of(_defective.Average(c => metric(c).Value));
}
