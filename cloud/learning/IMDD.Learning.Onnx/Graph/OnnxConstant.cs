namespace IMDD.Learning.Onnx.Graph;

/// <summary>What a model file says of a constant.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type, as <c>F32</c>.</param>
/// <param name="Shape">Outermost first.</param>
/// <param name="Bytes">Of its elements.</param>
/// <param name="IsFloat">Whether it may be a weight: shapes and axes are whole numbers.</param>
public sealed record OnnxConstant(string Name, string Type, IReadOnlyList<long> Shape, long Bytes, bool IsFloat)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, dimension) => product * dimension);
}
