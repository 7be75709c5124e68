using IMDD.Inference;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A model that is ready to run, or why there is none.</summary>
/// <param name="Segmenter">The model; null: it could not be loaded.</param>
/// <param name="Slot">Where it lies, <c>A</c> or <c>B</c>.</param>
/// <param name="Fault">Why there is none.</param>
internal sealed record LoadedModel(ISegmenter? Segmenter, string Slot, string? Fault = null);
