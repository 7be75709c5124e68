namespace IMDD.Inference.Bundles;

/// <summary>A picture and what the model makes of it.</summary>
/// <param name="Image">Path of the picture.</param>
/// <param name="Outputs">Path of a safetensors file: <c>defect</c> <c>[h, w]</c>, <c>image_score</c> <c>[1]</c>, <c>embedding</c> <c>[E]</c>.</param>
/// <param name="Reference">Path of the known-good picture that the model compares it with, of the same size; null exactly when the model takes none.</param>
public sealed record BundleProbe(string Image, string Outputs, string? Reference = null);
