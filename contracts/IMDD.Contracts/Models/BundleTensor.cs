namespace IMDD.Contracts.Models;

/// <summary>An input or output of the graph.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Type"><c>uint8</c>, <c>float32</c>, <c>int32</c>.</param>
/// <param name="Shape">Dimensions: a number, or a letter where dynamic (<c>B</c>, <c>H</c>, <c>W</c>, <c>K</c>, …).</param>
public sealed record BundleTensor(string Name, string Type, IReadOnlyList<string> Shape);
