using System.Globalization;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>A model of lower precision against the one it was made from.</summary>
/// <param name="Reference">Scores of the model in 32-bit floats.</param>
/// <param name="Candidate">Scores of the other, on the same pictures.</param>
/// <param name="MaxDropPoints">What may be lost, in hundredths.</param>
public sealed record TaskReport(TaskScores Reference, TaskScores Candidate, double MaxDropPoints)
{
    // So that 0.5 points, computed as a difference of doubles, are not 0.5000000001.
    private const double Rounding = 1e-9;

    /// <summary>Points of AUPRO lost; negative where it gained.</summary>
    public double? AuproDropPoints => (Reference.Aupro - Candidate.Aupro) * 100;

    /// <summary>Points of IoU lost; negative where it gained.</summary>
    public double? IouDropPoints => (Reference.Iou - Candidate.Iou) * 100;

    /// <summary>Neither lost more than is allowed.</summary>
    public bool Passed => IsWithin(Reference.Aupro, AuproDropPoints) && IsWithin(Reference.Iou, IouDropPoints);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"AUPRO {Reference.Aupro:F4} to {Candidate.Aupro:F4}, IoU {Reference.Iou:F4} to {Candidate.Iou:F4}; allowed is a loss of {MaxDropPoints:G3} points");

    // A score that was lost altogether, or became NaN, is not within anything.
    private bool IsWithin(double? reference, double? drop) => reference is null || drop <= MaxDropPoints + Rounding;
}
