namespace IMDD.Contracts.Events;

/// <summary>
/// Data of <c>io.imdd.inspection.outcome.v1</c>: the one outcome of one frame. Field names follow OPC 40100-1 ResultDataType.
/// </summary>
public sealed record InspectionOutcome
{
    /// <summary>The CloudEvents id the camera gave to the frame.</summary>
    public required string FrameId { get; init; }

    /// <summary>True when the frame had no id and one was derived from topic, payload and second.</summary>
    public bool IdDerived { get; init; }

    /// <summary>One part, possibly many cameras.</summary>
    public required string InspectionId { get; init; }

    public required string CameraId { get; init; }

    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string AssetPath { get; init; }

    public string? PartId { get; init; }
    public string? ProductId { get; init; }
    public string? LotId { get; init; }
    public string? JobId { get; init; }
    public string? TriggerId { get; init; }
    public required string RecipeId { get; init; }
    public required string RecipeDigest { get; init; }

    /// <summary>Digest of what beside the recipe decides at this camera, such as its known-good picture and its tiles; null where there is nothing.</summary>
    public string? ConfigDigest { get; init; }

    /// <summary>True when this is one camera of several that look at the part.</summary>
    public bool Partial { get; init; }

    /// <summary>True for test parts: never enters statistics.</summary>
    public bool Simulated { get; init; }

    /// <summary>One of <see cref="Events.ResultState"/>.</summary>
    public string ResultState { get; init; } = Events.ResultState.Completed;

    public required Verdict Verdict { get; init; }

    /// <summary>One of <see cref="UndecidedReason"/>; set exactly when the verdict is undecided.</summary>
    public string? Reason { get; init; }

    /// <summary>The reason in words, for a person.</summary>
    public string? ReasonDetail { get; init; }

    /// <summary>False when the decision was reached only after the station's deadline; making it durable comes after it and is not counted.</summary>
    public bool DeadlineMet { get; init; } = true;

    /// <summary>The frame's one score, 0 to 1; null when it was not inspected.</summary>
    public double? ImageScore { get; init; }

    /// <summary>Number of regions of each class and severity, so that a Pareto needs this topic alone.</summary>
    public IReadOnlyList<DefectCount> Defects { get; init; } = [];

    /// <summary>The model that decided; null when none did.</summary>
    public ModelReference? Model { get; init; }

    public required InspectionTiming Timing { get; init; }

    /// <summary>The frame; null when it never arrived.</summary>
    public FrameReference? Frame { get; init; }

    public ClockQuality? Clock { get; init; }

    /// <summary>Which of the two times windows use: <c>time</c> or <c>recordedtime</c>.</summary>
    public string WindowTime { get; init; } = WindowTimeSource.Time;
}
