using System.Text.Json;

namespace IMDD.Learning.Weights.Inspection;

/// <summary>What a file or folder of weights, or of a tokenizer, is.</summary>
/// <param name="Kind">What it is, such as <c>denoising network</c>.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Parameters">Numbers that make the model: reference inputs and outputs beside them do not count.</param>
/// <param name="Bytes">Of the parameters as they are stored.</param>
/// <param name="ElementTypes">Number of tensors of each element type.</param>
/// <param name="Shapes">Of every tensor, by its name in the file.</param>
/// <param name="Memory">What it takes to run and to train.</param>
/// <param name="Layout">How it compares with the layout of its configuration; null where it has none.</param>
/// <param name="Parts">What a folder of several models holds, or a file of them.</param>
public sealed record ModelInspection(
    string Kind,
    string Path,
    long Parameters,
    long Bytes,
    IReadOnlyDictionary<string, int> ElementTypes,
    IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes,
    ModelMemory Memory,
    LayoutComparison? Layout,
    IReadOnlyList<ModelInspection> Parts)
{
    /// <summary>How many of what it holds that has no weights, such as a tokenizer's entries and merges.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>The configuration that the file carries, or that lies beside it; null where there is none, or the kind has none.</summary>
    public JsonElement? Configuration { get; init; }
}
