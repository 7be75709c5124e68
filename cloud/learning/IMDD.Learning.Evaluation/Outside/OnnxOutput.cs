namespace IMDD.Learning.Evaluation.Outside;

/// <summary>An output as the graph declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">−1 where a dimension is only known at run time.</param>
/// <param name="IsFloat">True for float32.</param>
internal sealed record OnnxOutput(string Name, int[] Shape, bool IsFloat)
{
    /// <summary>For messages.</summary>
    public static string Format(int[] shape) => $"[{string.Join(", ", shape.Select(d => d < 0 ? "dynamic" : $"{d}"))}]";
}
