namespace IMDD.Learning.Evaluation.Reports;

/// <summary>Thresholds of best F1 on the validation side: what a threshold that was not chosen on the measured pictures is worth.</summary>
/// <param name="Image">Of the picture's score; undefined with the reason.</param>
/// <param name="Pixel">Of a pixel's score; undefined with the reason.</param>
public sealed record ValidationThresholds(MetricValue Image, MetricValue Pixel)
{
    /// <summary>No thresholds, for one reason.</summary>
    public static ValidationThresholds None(string reason) => new(MetricValue.NaN(reason), MetricValue.NaN(reason));
}
