namespace IMDD.Cloud.Registry.State;

/// <summary>A training set that a release names.</summary>
public sealed class DatasetRow
{
    /// <summary>Digest of the snapshot's manifest.</summary>
    public required string Digest { get; init; }

    /// <summary>The manifest's JSON.</summary>
    public required string Manifest { get; init; }
}
