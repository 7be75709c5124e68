using IMDD.Learning.Evaluation.Images;

namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>Mean IoU over classes, their pixels pooled over the data set. Streams: keeps one count per pair of classes.</summary>
public sealed class SemanticScores
{
    private readonly List<string> _names = [""];
    private readonly Dictionary<(int Truth, int Predicted), long> _pixels = [];

    /// <summary>Adds a picture.</summary>
    /// <param name="truth">Per pixel 0 for background, k for <c>truthNames[k − 1]</c>.</param>
    /// <param name="truthNames">Classes of the truth.</param>
    /// <param name="predicted">Per pixel 0 for background, k for <c>predictedNames[k − 1]</c>.</param>
    /// <param name="predictedNames">Classes of the prediction; the same word is the same class.</param>
    public void Add(ReadOnlySpan<byte> truth, IReadOnlyList<string> truthNames, ReadOnlySpan<byte> predicted, IReadOnlyList<string> predictedNames)
    {
        if (truth.Length != predicted.Length)
        {
            throw new ArgumentException($"There are {truth.Length} true and {predicted.Length} predicted pixels: expected as many.", nameof(predicted));
        }

        var columns = predictedNames.Count + 1;
        var counts = new long[(truthNames.Count + 1) * columns];
        for (var i = 0; i < truth.Length; i++)
        {
            counts[truth[i] * columns + predicted[i]]++;
        }

        for (var cell = 0; cell < counts.Length; cell++)
        {
            if (counts[cell] > 0)
            {
                var key = (Index(truthNames, cell / columns), Index(predictedNames, cell % columns));
                _pixels[key] = _pixels.GetValueOrDefault(key) + counts[cell];
            }
        }
    }

    /// <summary>Mean over the classes that occur or are predicted.</summary>
    /// <param name="withBackground">Counts the background as a class.</param>
    public MetricValue MeanIou(bool withBackground)
    {
        ConfusionMatrix matrix = new(_names.Count);
        foreach (var ((truth, predicted), pixels) in _pixels)
        {
            matrix.Add(truth, predicted, pixels);
        }

        return matrix.MeanIou(ignore: withBackground ? null : 0);
    }

    /// <summary>IoU of each class that occurs in the truth, in ordinal order: a pixel counts where it has the class and was given it.</summary>
    public IReadOnlyList<(string Name, MetricValue Iou)> IouByClass()
        => [.. _pixels.Keys.Select(k => k.Truth).Where(c => c > 0).Distinct().Select(c => (_names[c], Iou(c))).OrderBy(c => c.Item1, StringComparer.Ordinal)];

    private MetricValue Iou(int index)
    {
        var hit = _pixels.GetValueOrDefault((index, index));
        var either = _pixels.Where(p => p.Key.Truth == index || p.Key.Predicted == index).Sum(p => p.Value);
        return MetricValue.Ratio(hit, either, "the class neither occurs nor is predicted");
    }

    private int Index(IReadOnlyList<string> names, int number)
    {
        if (number == 0)
        {
            return 0;
        }

        var index = _names.IndexOf(names[number - 1], 1);
        if (index < 0)
        {
            _names.Add(names[number - 1]);
            index = _names.Count - 1;
        }

        return index;
    }
}
