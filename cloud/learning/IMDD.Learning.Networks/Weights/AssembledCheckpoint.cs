namespace IMDD.Learning.Networks.Weights;

/// <summary>A whole model's checkpoint, made of public ones.</summary>
/// <param name="Parameters">Number of elements.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="ElementTypes">Number of tensors of each element type, by its name in the file.</param>
/// <param name="Sources">What each public part was made of, by the part's prefix.</param>
/// <param name="Drawn">Prefixes of the parts that no public checkpoint has, drawn from the seed.</param>
public sealed record AssembledCheckpoint(
    long Parameters,
    int Tensors,
    IReadOnlyDictionary<string, int> ElementTypes,
    IReadOnlyDictionary<string, IReadOnlyList<WeightSource>> Sources,
    IReadOnlyList<string> Drawn);
