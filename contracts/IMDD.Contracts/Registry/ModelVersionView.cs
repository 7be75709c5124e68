using IMDD.Contracts.Events;
using IMDD.Contracts.Models;

namespace IMDD.Contracts.Registry;

/// <summary>A release as the registry keeps it.</summary>
public sealed record ModelVersionView
{
    public required ModelRelease Model { get; init; }

    /// <summary>Aliases that point to it, <c>blocked</c> among them.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }
    public string? RegisteredBy { get; init; }

    /// <summary>Bytes of all files, the manifest's included.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Key that signed it.</summary>
    public required string KeyId { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The release whose content this is, where it was made by a rollback.</summary>
    public string? ReleaseOf { get; init; }

    public string? BlockedReason { get; init; }
    public BundleLineage? TrainedFrom { get; init; }
    public IReadOnlyList<GateResult> Gates { get; init; } = [];
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}
