namespace IMDD.Learning.Evaluation.Instances;

/// <summary>
/// COCO average precision of boxes or masks: per class, detections by descending score (stable), at most 100 an image; each takes the unmatched
/// true instance with the highest IoU of at least the threshold; precision made monotone from the right; mean of 101 recall points.
/// </summary>
public sealed class AveragePrecision
{
    private const int MaxDetectionsPerImage = 100;
    private const int RecallPoints = 101;

    private readonly SortedDictionary<string, List<ScoredMatch>> _detections = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Dictionary<int, int>> _truths = new(StringComparer.Ordinal);
    private readonly List<double> _bestOverlaps = [];

    /// <summary>
    /// Adds one image and one class of it.
    /// </summary>
    /// <param name="image">Image index, its own for each image.</param>
    /// <param name="className">The class.</param>
    /// <param name="truths">Number of true instances.</param>
    /// <param name="detections">Scores, and IoU with each true instance.</param>
    public void Add(int image, string className, int truths, IReadOnlyList<(double Score, IReadOnlyList<double> Overlaps)> detections)
    {
        if (detections.Any(d => d.Overlaps.Count != truths))
        {
            throw new ArgumentException($"Every detection needs {truths} overlaps, one for each true instance.", nameof(detections));
        }

        if (!_truths.TryGetValue(className, out var counts))
        {
            _truths[className] = counts = [];
            _detections[className] = [];
        }

        if (!counts.TryAdd(image, truths))
        {
            throw new ArgumentException($"Image {image} was added twice for class '{className}'.", nameof(image));
        }

        _detections[className].AddRange(detections
            .OrderByDescending(d => d.Score)
            .Take(MaxDetectionsPerImage)
            .Select(d => new ScoredMatch(image, d.Score, d.Overlaps)));
        for (var truth = 0; truth < truths; truth++)
        {
            _bestOverlaps.Add(detections.Count == 0 ? 0 : detections.Max(d => d.Overlaps[truth]));
        }
    }

    /// <summary>Mean over true instances of the best IoU of any detection of its class; 0 for a missed one.</summary>
    public MetricValue MeanBestIou()
        => _bestOverlaps.Count == 0 ? MetricValue.NaN("no true instance") : MetricValue.Of(_bestOverlaps.Average());

    /// <summary>Mean over the classes that have true instances.</summary>
    public MetricValue At(double iouThreshold)
    {
        var values = _truths.Keys.Select(c => At(c, iouThreshold)).Where(v => v.IsDefined).Select(v => v.Value).ToList();
        return values.Count == 0 ? MetricValue.NaN("no true instance") : MetricValue.Of(values.Average());
    }

    /// <summary>Mean over IoU thresholds 0.50, 0.55, …, 0.95.</summary>
    public MetricValue Coco()
    {
        // Steps as a range in floating point makes them: 0.70 comes out as 0.7000000000000002, so that an IoU of exactly 0.7 misses it.
        const double step = 0.55 - 0.5;
        var values = Enumerable.Range(0, 10).Select(i => At(0.5 + i * step)).ToList();
        return values.TrueForAll(v => v.IsDefined) ? MetricValue.Of(values.Average(v => v.Value)) : values[0];
    }

    /// <summary>One class.</summary>
    public MetricValue At(string className, double iouThreshold)
    {
        var total = _truths.TryGetValue(className, out var counts) ? counts.Values.Sum() : 0;
        return total == 0
            ? MetricValue.NaN($"no true instance of class '{className}'")
            : MetricValue.Of(Interpolated(Hits(className, Math.Min(iouThreshold, 1 - 1e-10)), total));
    }

    private List<bool> Hits(string className, double threshold)
    {
        var taken = _truths[className].ToDictionary(t => t.Key, t => new bool[t.Value]);
        List<bool> hits = [];
        foreach (var detection in _detections[className].OrderByDescending(d => d.Score))
        {
            var free = taken[detection.Image];
            var best = -1;
            for (var truth = 0; truth < free.Length; truth++)
            {
                var overlap = detection.Overlaps[truth];
                if (!free[truth] && overlap >= threshold && (best < 0 || overlap > detection.Overlaps[best]))
                {
                    best = truth;
                }
            }

            hits.Add(best >= 0);
            if (best >= 0)
            {
                free[best] = true;
            }
        }

        return hits;
    }

    private static double Interpolated(List<bool> hits, int total)
    {
        var precision = new double[hits.Count];
        var recall = new double[hits.Count];
        var found = 0;
        for (var i = 0; i < hits.Count; i++)
        {
            found += hits[i] ? 1 : 0;
            precision[i] = (double)found / (i + 1);
            recall[i] = (double)found / total;
        }

        for (var i = hits.Count - 2; i >= 0; i--)
        {
            precision[i] = Math.Max(precision[i], precision[i + 1]);
        }

        double sum = 0;
        var at = 0;
        for (var point = 0; point < RecallPoints; point++)
        {
            while (at < hits.Count && recall[at] < point / (double)(RecallPoints - 1))
            {
                at++;
            }

            sum += at < hits.Count ? precision[at] : 0;
        }

        return sum / RecallPoints;
    }
}
