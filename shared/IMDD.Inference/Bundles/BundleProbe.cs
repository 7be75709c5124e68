namespace IMDD.Inference.Bundles;

/// <summary>A picture and what the model makes of it.</summary>
/// <param name="Image">Path of the picture.</param>
/// <param name="Outputs">
/// Path of a safetensors file: <c>defect</c> <c>[h, w]</c>, <c>image_score</c> <c>[1]</c>, <c>embedding</c> <c>[E]</c>, and of newer bundles
/// <c>sure_class</c> <c>[h, w]</c>: the row of text that names a cell where that is sure, else -1.
/// </param>
/// <param name="Reference">Path of the known-good picture that the model compares it with, of the same size; null exactly when the model takes none.</param>
/// <param name="Rows">How many rows of text there were: rows that were added since may name cells, too. Null where names were not kept.</param>
public sealed record BundleProbe(string Image, string Outputs, string? Reference = null, int? Rows = null);
