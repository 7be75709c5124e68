namespace IMDD.Contracts.Events;

/// <summary>Data of <c>io.imdd.inspection.defect-detected.v1</c>: a failed frame with its regions and its picture.</summary>
public sealed record DefectDetected
{
    /// <summary>Largest number of regions in one event; the rest is counted in <see cref="RegionsOmitted"/>.</summary>
    public const int MaxRegions = 64;

    public required string FrameId { get; init; }

    /// <summary><c>ce_id</c> of the outcome this belongs to.</summary>
    public required string OutcomeId { get; init; }

    public required string InspectionId { get; init; }
    public required string CameraId { get; init; }
    public required string AssetPath { get; init; }
    public string? PartId { get; init; }
    public string? LotId { get; init; }
    public required string RecipeId { get; init; }
    public required string RecipeDigest { get; init; }
    public required Verdict Verdict { get; init; }
    public bool Simulated { get; init; }
    public bool DeadlineMet { get; init; } = true;
    public double? ImageScore { get; init; }
    public required ModelReference Model { get; init; }

    /// <summary>At most <see cref="MaxRegions"/>, the worst first.</summary>
    public required IReadOnlyList<DefectRegion> Regions { get; init; }

    public int RegionsOmitted { get; init; }
    public required InspectionTiming Timing { get; init; }
    public required FrameReference Frame { get; init; }
}
