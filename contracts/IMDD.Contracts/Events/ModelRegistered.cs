using IMDD.Contracts.Models;

namespace IMDD.Contracts.Events;

/// <summary>Data of <c>io.imdd.model.registered.v1</c>: a release is in the registry, signed, and where it comes from.</summary>
public sealed record ModelRegistered
{
    public required ModelRelease Model { get; init; }

    /// <summary>Bytes of all files, the manifest's included.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Id of the key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>Who asked for it: a trainer's run, or a person.</summary>
    public string? RegisteredBy { get; init; }

    /// <summary>What it was trained from.</summary>
    public BundleLineage? TrainedFrom { get; init; }

    /// <summary>Conditions it had to meet.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>Digests by alias of this name, as they stand now: <c>champion</c>, <c>challenger</c>, <c>previous</c>.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
