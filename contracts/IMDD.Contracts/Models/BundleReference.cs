namespace IMDD.Contracts.Models;

/// <summary>What is understood of <see cref="BundleManifest.Reference"/>; other statistics may lie beside it.</summary>
public sealed record BundleReference
{
    /// <summary>Where the embeddings of usual frames lie; null where nobody has measured that.</summary>
    public EmbeddingReference? Embedding { get; init; }
}
