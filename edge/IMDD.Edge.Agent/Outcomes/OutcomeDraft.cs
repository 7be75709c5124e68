using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>
/// An outcome that is decided and not yet stored. The store completes the events by what only it knows: the camera's ordinal
/// (<c>sequence</c>) and the time of recording, which never runs backwards for a camera.
/// </summary>
internal sealed record OutcomeDraft
{
    public required string OutcomeId { get; init; }

    /// <summary>The camera's path: key of the records.</summary>
    public required string CameraKey { get; init; }

    public required Verdict Verdict { get; init; }
    public string? Reason { get; init; }
    public bool DeadlineMet { get; init; } = true;
    public required DateTimeOffset Happened { get; init; }

    /// <summary>The outcome event.</summary>
    public required PreparedRecord Outcome { get; init; }

    /// <summary>The defect event, of a fail.</summary>
    public PreparedRecord? Defect { get; init; }

    /// <summary>What will be said of the picture once it is stored, but for its address; with <see cref="Evidence"/>.</summary>
    public FrameStored? FrameStored { get; init; }

    /// <summary>The picture that lies in the spool and is to be stored; null: none, or over the budget.</summary>
    public EvidenceItem? Evidence { get; init; }

    /// <summary>Boot id out of a frame id of the form <c>{bootId}-{sequence}</c>; null for any other.</summary>
    public string? BootId { get; init; }

    /// <summary>Sequence out of the frame id; meaningless without <see cref="BootId"/>.</summary>
    public long Sequence { get; init; }
}
