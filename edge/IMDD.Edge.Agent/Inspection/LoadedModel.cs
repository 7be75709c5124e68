using IMDD.Inference;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>A model that is ready to run.</summary>
/// <param name="Segmenter">The model.</param>
/// <param name="Slot">Where it lies, <c>A</c> or <c>B</c>.</param>
internal sealed record LoadedModel(ISegmenter Segmenter, string Slot);
