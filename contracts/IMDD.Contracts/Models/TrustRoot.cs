namespace IMDD.Contracts.Models;

/// <summary>
/// The root document: which keys may sign what. Signed by the root keys as a <see cref="DsseEnvelope"/> of type
/// <see cref="DsseEnvelope.RootPayloadType"/>; a new one is signed by the root keys of the one before it and by its own (The Update Framework 1.0, 5.3).
/// </summary>
public sealed record TrustRoot
{
    public const int CurrentSchemaVersion = 1;

    public required int SchemaVersion { get; init; }

    /// <summary>1 for the first; each later one has one more.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on no release becomes active by this document; what decides already goes on.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Keys that sign root documents. They are kept off line.</summary>
    public required TrustRole Root { get; init; }

    /// <summary>Keys that sign manifests of releases, and recipes.</summary>
    public required TrustRole Release { get; init; }
}
