namespace IMDD.Learning.Onnx.Quantization;

/// <summary>What became of a model in eight bits.</summary>
/// <param name="QuantizedNodes">How many of each operator compute in eight bits.</param>
/// <param name="KeptNodes">Names of convolutions and products that stay in floats.</param>
/// <param name="Ranges">Range of every activation that is quantized, by name.</param>
/// <param name="WeightBytesBefore">Bytes of constants before.</param>
/// <param name="WeightBytesAfter">And after.</param>
public sealed record Int8Report(
    IReadOnlyDictionary<string, int> QuantizedNodes,
    IReadOnlyList<string> KeptNodes,
    IReadOnlyDictionary<string, ActivationRange> Ranges,
    long WeightBytesBefore,
    long WeightBytesAfter);
