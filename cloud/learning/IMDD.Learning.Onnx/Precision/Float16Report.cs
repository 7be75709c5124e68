namespace IMDD.Learning.Onnx.Precision;

/// <summary>What became of a model's nodes and weights in 16 bits.</summary>
/// <param name="ConvertedNodes">Nodes that compute in 16 bits now.</param>
/// <param name="KeptNodes">How many of each operator still compute in 32 bits.</param>
/// <param name="OutOfRangeNodes">Names of those among them that are kept because a constant is beyond ±65504.</param>
/// <param name="Casts">Changes of type that were put in between.</param>
/// <param name="SubnormalWeights">Weights below 6.1e-5, which lose precision.</param>
/// <param name="ZeroedWeights">Weights so small that they became zero; a constant of one number never does, but becomes the least one, 6e-8.</param>
public sealed record Float16Report(
    int ConvertedNodes,
    IReadOnlyDictionary<string, int> KeptNodes,
    IReadOnlyList<string> OutOfRangeNodes,
    int Casts,
    long SubnormalWeights,
    long ZeroedWeights);
