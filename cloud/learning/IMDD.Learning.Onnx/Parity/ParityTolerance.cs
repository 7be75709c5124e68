namespace IMDD.Learning.Onnx.Parity;

/// <summary>
/// How far an exported model may be from its network. A number a of the model agrees with b of the network where
/// |a − b| ≤ <paramref name="Absolute"/> · max(1, |b|): absolute for numbers up to one, relative beyond, because a float's own spacing grows
/// with it. Whole numbers and truth values must be the same, up to a share.
/// </summary>
/// <param name="Absolute">Largest difference of numbers up to one.</param>
/// <param name="DifferingShare">
/// Share of whole numbers of an output that may differ. Zero; an index of the largest among nearly equal ones may need more.
/// </param>
public sealed record ParityTolerance(double Absolute = ParityTolerance.Float32, double DifferingShare = 0)
{
    /// <summary>For a model in 32-bit floats.</summary>
    public const double Float32 = 1e-4;
}
