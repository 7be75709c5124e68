using IMDD.Contracts.Events;

namespace IMDD.Contracts.Models;

/// <summary>What is understood of <see cref="BundleManifest.Reference"/>; other statistics may lie beside it.</summary>
public sealed record BundleReference
{
    /// <summary>Where the embeddings of usual frames lie; null where nobody has measured that.</summary>
    public EmbeddingReference? Embedding { get; init; }

    /// <summary>What the pictures that the bundle was measured on look like, which drift is measured from; null where nobody has measured that.</summary>
    public StatisticsSketch? Statistics { get; init; }
}
