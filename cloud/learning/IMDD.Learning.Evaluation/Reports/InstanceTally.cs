using IMDD.Learning.Evaluation.Instances;
using IMDD.Learning.Evaluation.Models;

namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Defect by defect, as boxes and as masks, by class and without names.</summary>
internal sealed class InstanceTally(ClassMeanings meanings)
{
    private const string AnyDefect = "defect";

    private static readonly MetricValue NoThreshold = MetricValue.NaN("the model has no threshold of its own: give one, or measure the test side");

    private readonly AveragePrecision _boxes = new();
    private readonly AveragePrecision _boxesByClass = new();
    private readonly AveragePrecision _masks = new();
    private readonly AveragePrecision _masksByClass = new();
    private bool _hasThreshold;
    private bool _hasBoxes;
    private bool _hasMasks;
    private bool _predictsMasks;

    /// <summary>Adds a picture.</summary>
    /// <param name="image">Its own number.</param>
    /// <param name="boxes">True boxes; null where the data set has none for it.</param>
    /// <param name="masks">True masks; null where the data set has none for it.</param>
    /// <param name="found">What the model found.</param>
    public void Add(int image, IReadOnlyList<TrueInstance>? boxes, IReadOnlyList<TrueInstance>? masks, IReadOnlyList<PredictedInstance> found)
    {
        _hasThreshold = true;
        if (boxes is not null)
        {
            _hasBoxes |= boxes.Count > 0;
            Add(image, boxes, found, _boxes, _boxesByClass, (truth, prediction) => truth.Box.Iou(prediction.Box));
        }

        var masked = found.Where(f => f.Mask is not null).ToList();
        _predictsMasks |= masked.Count > 0 || found.Count == 0;
        if (masks is not null)
        {
            _hasMasks |= masks.Count > 0;
            Add(image, masks, masked, _masks, _masksByClass, (truth, prediction) => truth.Mask!.Iou(prediction.Mask!));
        }
    }

    public IEnumerable<KeyValuePair<string, MetricValue>> Metrics()
    {
        MetricValue? noBoxes = !_hasThreshold ? NoThreshold : _hasBoxes ? null : MetricValue.NaN("the data set has neither boxes nor masks");
        MetricValue? noMasks = !_hasThreshold ? NoThreshold
            : !_hasMasks ? MetricValue.NaN("the data set has no masks")
            : _predictsMasks ? null : MetricValue.NaN("the model gives boxes only");
        return
        [
            .. Of("", _boxesByClass, noBoxes ?? (meanings.Shared ? null : ClassMeanings.NotShared), ""),
            .. Of("", _boxes, noBoxes, "_agnostic"),
            new("mean_best_iou", noBoxes ?? _boxes.MeanBestIou()),
            .. Of("mask_", _masksByClass, noMasks ?? (meanings.Shared ? null : ClassMeanings.NotShared), ""),
            .. Of("mask_", _masks, noMasks, "_agnostic"),
            new("mask_mean_best_iou", noMasks ?? _masks.MeanBestIou()),
        ];
    }

    private static IEnumerable<KeyValuePair<string, MetricValue>> Of(string prefix, AveragePrecision precision, MetricValue? missing, string suffix)
    {
        yield return new($"{prefix}ap50{suffix}", missing ?? precision.At(0.5));
        yield return new($"{prefix}ap75{suffix}", missing ?? precision.At(0.75));
        yield return new($"{prefix}ap{suffix}", missing ?? precision.Coco());
    }

    private void Add(
        int image,
        IReadOnlyList<TrueInstance> truths,
        IReadOnlyList<PredictedInstance> found,
        AveragePrecision any,
        AveragePrecision byClass,
        Func<TrueInstance, PredictedInstance, double> overlap)
    {
        any.Add(image, AnyDefect, truths.Count, Detections(truths, found, overlap));
        var named = truths.ToLookup(t => meanings.OfTruth(t.Class), StringComparer.Ordinal);
        var foundNamed = found.ToLookup(f => meanings.OfModel(f.Class), StringComparer.Ordinal);
        foreach (var name in named.Select(g => g.Key).Union(foundNamed.Select(g => g.Key), StringComparer.Ordinal))
        {
            List<TrueInstance> own = [.. named[name]];
            byClass.Add(image, name, own.Count, Detections(own, [.. foundNamed[name]], overlap));
        }
    }

    private static List<(double Score, IReadOnlyList<double> Overlaps)> Detections(
        IReadOnlyList<TrueInstance> truths, IReadOnlyList<PredictedInstance> found, Func<TrueInstance, PredictedInstance, double> overlap)
        => [.. found.Select(f => (f.Score, (IReadOnlyList<double>)[.. truths.Select(t => overlap(t, f))]))];
}
