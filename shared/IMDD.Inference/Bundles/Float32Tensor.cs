namespace IMDD.Inference.Bundles;

/// <summary>A named tensor of 32-bit floats, row-major.</summary>
/// <param name="Name">Its key in the file.</param>
/// <param name="Shape">Dimensions; none for a scalar.</param>
/// <param name="Values">As many as the product of the dimensions.</param>
public sealed record Float32Tensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
