namespace IMDD.Learning.Evaluation.Pixels;

/// <summary>
/// IoU and Dice at a threshold, in the two ways of the field: pooled over all pixels, and macro, the mean over images. An image without
/// defect and without prediction counts 1 in the macro mean when <see cref="EmptyCountsAsPerfect"/>, else it is left out.
/// Streams: memory does not grow with the number of images.
/// </summary>
public sealed class SegmentationScores(float threshold, bool emptyCountsAsPerfect = true)
{
    private double _iouSum;
    private double _diceSum;
    private double _defectiveIouSum;
    private long _images;
    private long _defectiveImages;

    /// <summary>The decision threshold (<c>score ≥ threshold</c>).</summary>
    public float Threshold { get; } = threshold;

    /// <summary>The convention for empty against empty.</summary>
    public bool EmptyCountsAsPerfect { get; } = emptyCountsAsPerfect;

    /// <summary>Counts over all pixels.</summary>
    public ConfusionCounts Pooled { get; private set; }

    /// <summary>Mean IoU over images.</summary>
    public MetricValue MacroIou => MetricValue.Ratio(_iouSum, _images, "no image counts");

    /// <summary>Mean Dice over images.</summary>
    public MetricValue MacroDice => MetricValue.Ratio(_diceSum, _images, "no image counts");

    /// <summary>Mean IoU over images with a defect.</summary>
    public MetricValue MacroIouDefective => MetricValue.Ratio(_defectiveIouSum, _defectiveImages, "no image has a defect");

    /// <summary>Adds one image.</summary>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<bool> mask)
    {
        var counts = ConfusionCounts.Of(scores, mask, Threshold);
        Pooled += counts;
        if (counts.TruePositives + counts.FalsePositives + counts.FalseNegatives == 0)
        {
            if (EmptyCountsAsPerfect)
            {
                _iouSum++;
                _diceSum++;
                _images++;
            }

            return;
        }

        _iouSum += counts.Iou.Value;
        _diceSum += counts.Dice.Value;
        _images++;
        if (counts.TruePositives + counts.FalseNegatives > 0)
        {
            _defectiveIouSum += counts.Iou.Value;
            _defectiveImages++;
        }
    }
}
