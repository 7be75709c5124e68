namespace IMDD.Learning.Onnx.Parity;

/// <summary>One output for one probe.</summary>
/// <param name="Probe">Name of the probe.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Shape">Of both.</param>
/// <param name="LargestDifference">Largest |a − b|; of whole numbers too.</param>
/// <param name="LargestError">Largest |a − b| / max(1, |b|), which the tolerance bounds; of whole numbers the share that differs.</param>
/// <param name="At">Index of the element where that is.</param>
/// <param name="Passed">Within the tolerance, and of the shape that the model declares.</param>
public sealed record ParityResult(
    string Probe, string Output, IReadOnlyList<long> Shape, double LargestDifference, double LargestError, long At, bool Passed)
{
    /// <summary>The shape that the model declares, such as <c>[B, H/2]</c>, where the output is of another; else null.</summary>
    public string? DeclaredShape { get; init; }
}
