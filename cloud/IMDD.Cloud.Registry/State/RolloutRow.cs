namespace IMDD.Cloud.Registry.State;

/// <summary>A rollout by waves.</summary>
public sealed class RolloutRow
{
    public required string Id { get; init; }

    /// <summary>A <see cref="RolloutKind"/>.</summary>
    public string Kind { get; init; } = RolloutKind.Model;

    /// <summary>Name of the model, or what all revisions of the recipe share.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the release or the recipe.</summary>
    public required string Digest { get; init; }

    /// <summary>A <see cref="IMDD.Contracts.Registry.RolloutStateWord"/>.</summary>
    public required string State { get; set; }

    public string? Cause { get; set; }

    /// <summary>JSON of the waves as they were asked for.</summary>
    public required string Waves { get; init; }

    public int WavesBegun { get; set; }

    /// <summary>Waves up to this one need no person's word any more.</summary>
    public int WavesApproved { get; set; }

    public DateTimeOffset? InstallNotBefore { get; init; }
    public DateTimeOffset? InstallNotAfter { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public string? StartedBy { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset ChangedAt { get; set; }
    public string? ChangedBy { get; set; }

    /// <summary>Raised by whoever takes the row's lock.</summary>
    public long Revision { get; init; }
}
