namespace IMDD.Inference;

/// <summary>
/// The shapes of a TensorRT engine. It refuses what is smaller or larger than all of them, so they are what somebody says will come and nothing that was guessed; and
/// each profile is an engine of its own, so whatever runs a model for the same line names the same.
/// </summary>
/// <param name="Sizes">Of the pictures that the model is given, frames or tiles, pixels; at least one.</param>
/// <param name="MaxBatch">Most of them in one run.</param>
public sealed record EngineProfile(IReadOnlyList<(int Width, int Height)> Sizes, int MaxBatch);
