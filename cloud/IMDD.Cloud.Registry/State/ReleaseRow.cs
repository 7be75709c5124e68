namespace IMDD.Cloud.Registry.State;

/// <summary>A release. Its files are blobs; manifest and envelope too.</summary>
public sealed class ReleaseRow
{
    /// <summary>Digest of the manifest.</summary>
    public required string Digest { get; init; }

    public required string Name { get; init; }
    public required string Version { get; init; }
    public required long Counter { get; init; }

    /// <summary>Digest of the manifest without what the registry sets: the same content is registered once.</summary>
    public required string ContentDigest { get; init; }

    /// <summary>Digest of the envelope's blob.</summary>
    public required string EnvelopeDigest { get; init; }

    /// <summary>The manifest's JSON.</summary>
    public required string Manifest { get; init; }

    public required long SizeBytes { get; init; }
    public required string KeyId { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public string? RegisteredBy { get; init; }

    /// <summary>JSON of the gate results.</summary>
    public required string Gates { get; init; }

    /// <summary>Digest of the release whose content this is, where it was made by a rollback.</summary>
    public string? ReleaseOf { get; init; }

    public bool IsBlocked { get; set; }
    public string? BlockedReason { get; set; }
}
