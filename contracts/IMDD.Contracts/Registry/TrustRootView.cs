using IMDD.Contracts.Models;

namespace IMDD.Contracts.Registry;

/// <summary>The newest root document of a registry.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Digest">Digest of its envelope.</param>
/// <param name="PublishedAt">When it was taken.</param>
/// <param name="SigningKeyId">The key that this registry signs with.</param>
/// <param name="PublishedBy">By whom, as he said.</param>
public sealed record TrustRootView(TrustRoot Document, string Digest, DateTimeOffset PublishedAt, string SigningKeyId, string? PublishedBy = null);
