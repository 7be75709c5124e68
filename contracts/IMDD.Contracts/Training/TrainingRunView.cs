using IMDD.Contracts.Events;

namespace IMDD.Contracts.Training;

/// <summary>A training run and how far it is.</summary>
public sealed record TrainingRunView
{
    public required string RunId { get; init; }

    /// <summary>One of <see cref="TrainingState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Of <see cref="TrainingReason"/>.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    public string? By { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Instance that runs it, or ran it last.</summary>
    public string? Instance { get; init; }

    /// <summary>Fencing token of that instance's lease.</summary>
    public long? FencingToken { get; init; }

    /// <summary>True once somebody has asked that it be cancelled.</summary>
    public bool CancelAsked { get; init; }

    /// <summary>Release that it started from.</summary>
    public string? Champion { get; init; }

    /// <summary>Digest of the frozen snapshot's manifest.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>Labelled frames to learn from.</summary>
    public int? Frames { get; init; }

    /// <summary>Labelled frames of the gate set.</summary>
    public int? GateFrames { get; init; }

    /// <summary>What the child said last.</summary>
    public string? Progress { get; init; }

    /// <summary>Times the child was started in this state.</summary>
    public int Attempts { get; init; }

    public IReadOnlyList<GateResult> Gates { get; init; } = [];
    public IReadOnlyList<TrainingNewClass> NewClasses { get; init; } = [];

    /// <summary>The release that it became.</summary>
    public string? Release { get; init; }

    public string? RolloutId { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
}
