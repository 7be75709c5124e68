namespace IMDD.Learning.Evaluation.Outside;

/// <summary>Threshold and range of raw scores.</summary>
internal sealed record AnomalibRange(double Threshold, double Min, double Max)
{
    /// <summary>The score with the threshold at 0.5, 0 to 1.</summary>
    public float Normalise(float score) => (float)Math.Clamp((score - Threshold) / (Max - Min) + 0.5, 0, 1);
}
