using IMDD.Contracts.Events;

namespace IMDD.Contracts.Models;

/// <summary>What is understood of <see cref="BundleManifest.Reference"/>; other statistics may lie beside it.</summary>
public sealed record BundleReference
{
    /// <summary>Where the embeddings of usual frames lie; null where nobody has measured that.</summary>
    public EmbeddingReference? Embedding { get; init; }

    /// <summary>What the pictures that the bundle was measured on look like, which drift is measured from; null where nobody has measured that.</summary>
    public StatisticsSketch? Statistics { get; init; }

    /// <summary>The same of single cameras, by <c>enterprise/site/area/line/cell/camera</c>; stands before <see cref="Statistics"/> for those. Null: of none.</summary>
    public IReadOnlyDictionary<string, StatisticsSketch>? Cameras { get; init; }

    /// <summary>What a camera's frames are expected to look like; null where nobody has measured that.</summary>
    public StatisticsSketch? StatisticsOf(string camera) => Cameras?.GetValueOrDefault(camera) ?? Statistics;
}
