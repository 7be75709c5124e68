using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IMDD.Inference;

/// <summary>Names, types and shapes of the tensors that every segmenter has, version 1.</summary>
internal static class SegmenterContract
{
    public const string Image = "image";
    public const string Reference = "reference";
    public const string Text = "text";
    public const string Defect = "defect";
    public const string Class = "class";
    public const string ClassScore = "class_score";
    public const string ClassMargin = "class_margin";
    public const string ImageScore = "image_score";
    public const string Embedding = "embedding";

    /// <summary>Any number, by the caller's choice.</summary>
    private const int Dynamic = -1;

    /// <summary>Any fixed number.</summary>
    private const int Fixed = -2;

    private static readonly (string Name, TensorElementType Type, int[] Shape)[] Inputs =
    [
        (Image, TensorElementType.UInt8, [Dynamic, Dynamic, Dynamic, 3]),
        (Text, TensorElementType.Float, [Dynamic, Fixed]),
    ];

    /// <summary>With the known-good picture, for models that compare.</summary>
    private static readonly (string Name, TensorElementType Type, int[] Shape)[] InputsWithReference =
        [.. Inputs, (Reference, TensorElementType.UInt8, [Dynamic, Dynamic, Dynamic, 3])];

    private static readonly (string Name, TensorElementType Type, int[] Shape)[] Outputs =
    [
        (Defect, TensorElementType.Float, [Dynamic, Dynamic, Dynamic]),
        (Class, TensorElementType.Int32, [Dynamic, Dynamic, Dynamic]),
        (ClassScore, TensorElementType.Float, [Dynamic, Dynamic, Dynamic]),
        (ClassMargin, TensorElementType.Float, [Dynamic, Dynamic, Dynamic]),
        (ImageScore, TensorElementType.Float, [Dynamic]),
        (Embedding, TensorElementType.Float, [Dynamic, Fixed]),
    ];

    /// <summary>Checks the graph's own inputs and outputs, and what the manifest says of them. Gives the length of an embedding.</summary>
    /// <exception cref="SegmenterException">With every mismatch.</exception>
    public static int Check(InferenceSession session, ModelBundle bundle)
    {
        List<string> problems =
        [
            .. Problems("input", bundle.Manifest.TakesReference() ? InputsWithReference : Inputs, session.InputMetadata, bundle.Manifest.Inputs),
            .. Problems("output", Outputs, session.OutputMetadata, bundle.Manifest.Outputs),
        ];
        if (problems.Count == 0 && session.InputMetadata[Text].Dimensions[1] != bundle.Text.Shape[1])
        {
            problems.Add($"input '{Text}' takes rows of {session.InputMetadata[Text].Dimensions[1]}, the bundle's have {bundle.Text.Shape[1]}");
        }

        return problems.Count == 0
            ? session.OutputMetadata[Embedding].Dimensions[1]
            : throw new SegmenterException($"{ModelBundle.ModelFile} does not meet the segmenter contract: {string.Join("; ", problems)}.", fault: SegmenterFault.Contract);
    }

    private static IEnumerable<string> Problems(
        string kind,
        (string Name, TensorElementType Type, int[] Shape)[] expected,
        IReadOnlyDictionary<string, NodeMetadata> actual,
        IReadOnlyList<BundleTensor> listed)
    {
        foreach (var (name, type, shape) in expected)
        {
            if (!actual.TryGetValue(name, out var metadata) || !metadata.IsTensor)
            {
                yield return $"{kind} '{name}' is missing";
            }
            else if (metadata.ElementDataType != type || !Fits(metadata.Dimensions, shape))
            {
                yield return $"{kind} '{name}' is {metadata.ElementDataType} {Format(metadata.Dimensions)}; expected {type} {Format(shape)}";
            }

            if (!listed.Any(tensor => tensor.Name == name))
            {
                yield return $"{kind} '{name}' is not in the manifest";
            }
        }

        foreach (var name in actual.Keys.Except(expected.Select(entry => entry.Name), StringComparer.Ordinal))
        {
            yield return name == Reference
                ? $"{kind} '{name}' is not in the manifest"
                : $"{kind} '{name}' is not known here";
        }
    }

    private static bool Fits(int[] actual, int[] expected)
        => actual.Length == expected.Length
        && actual.Zip(expected).All(pair => pair.Second == Fixed ? pair.First > 0 : pair.First == pair.Second);

    private static string Format(int[] shape)
        => $"[{string.Join(", ", shape.Select(dimension => dimension switch { Dynamic => "dynamic", Fixed => "fixed", _ => $"{dimension}" }))}]";
}
