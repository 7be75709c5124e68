namespace IMDD.Contracts.Events;

/// <summary>One defect region, in pixels of the original frame, origin top-left.</summary>
public sealed record DefectRegion
{
    /// <summary>Stable class id, or <c>unknown-defect</c> below the class's own threshold.</summary>
    public required string Class { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Score { get; init; }

    /// <summary>How surely it is a defect by its score and its size, as the bundle's <c>regionConfidence</c> says, 0 to 1; null where that says nothing.</summary>
    public double? Confidence { get; init; }

    /// <summary>Next best names, best first, at most two.</summary>
    public IReadOnlyList<ClassScore> Alternatives { get; init; } = [];

    /// <summary><c>[x, y, width, height]</c>, pixels.</summary>
    public required IReadOnlyList<int> BboxPx { get; init; }

    /// <summary>Pixels.</summary>
    public required long AreaPx { get; init; }

    /// <summary>Square millimetres; null where the recipe states no pixel size.</summary>
    public double? AreaMm2 { get; init; }

    /// <summary>Outer contour, <c>[x0, y0, x1, y1, …]</c>, pixels, simplified.</summary>
    public IReadOnlyList<int>? ContourPx { get; init; }

    /// <summary>COCO RLE of the region's mask in the whole frame; null when it moved to <see cref="MaskUri"/>.</summary>
    public MaskRle? MaskRle { get; init; }

    /// <summary>Blob of the mask, <see cref="MaskRle"/> as JSON, where it is too large for the event.</summary>
    public string? MaskUri { get; init; }
}
