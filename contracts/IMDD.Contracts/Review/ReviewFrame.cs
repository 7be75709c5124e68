using IMDD.Contracts.Events;

namespace IMDD.Contracts.Review;

/// <summary>A frame in the review queue.</summary>
public sealed record ReviewFrame
{
    /// <summary><c>ce_id</c> of the frame's outcome.</summary>
    public required string OutcomeId { get; init; }

    public required string FrameId { get; init; }
    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    /// <summary>Exposure; where the camera gave none, when the event was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was decided; undecided where <see cref="Blind"/>.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The picture; it is in blob storage.</summary>
    public required FrameReference Frame { get; init; }

    /// <summary>What the model saw, the worst first.</summary>
    public IReadOnlyList<DefectRegion> Regions { get; init; } = [];

    public ModelReference? Model { get; init; }

    /// <summary>Why it is worth a look, each one of <see cref="HardReason"/>; empty where it only failed.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>0 to 1; null where the edge has not said.</summary>
    public double? Uncertainty { get; init; }

    /// <summary>One of <see cref="ConsensusState"/>.</summary>
    public string State { get; init; } = ConsensusState.Open;

    /// <summary>Words on it that stand.</summary>
    public int Labels { get; init; }

    /// <summary>
    /// True where verdict, regions, model, reasons, uncertainty, and what others said are held back: the frame is looked at blind, or will be.
    /// </summary>
    public bool Blind { get; init; }

    /// <summary>Frames of the same camera that look the same and are not asked about by themselves.</summary>
    public int Alike { get; init; }

    /// <summary>Outcome of the frame that stands before people for this one; null where it is asked about itself.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Until when the asker has it; null where the answer leases nothing.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }
}
