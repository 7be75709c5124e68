using IMDD.Contracts.Events;

namespace IMDD.Inference.Regions;

/// <summary>One connected defective area, in pixels of the original frame.</summary>
public sealed record DetectedRegion
{
    /// <summary>Class id, or <c>unknown-defect</c> where the best row stays under its own threshold.</summary>
    public required string Class { get; init; }

    /// <summary>Highest defect probability of its pixels, 0 to 1: the region is a defect at least as surely as its surest pixel.</summary>
    public required double Score { get; init; }

    /// <summary>How surely it is a defect by its score and its size, 0 to 1; null where the bundle does not say (<see cref="RegionConfidence"/>).</summary>
    public double? Confidence { get; init; }

    /// <summary>At most two names besides <see cref="Class"/>, best first. Of an unknown defect, the best names it did not reach.</summary>
    public required IReadOnlyList<ClassScore> Alternatives { get; init; }

    /// <summary>How sure the name is; null where that was not measured.</summary>
    public NameEvidence? Evidence { get; init; }

    /// <summary><c>[x, y, width, height]</c>.</summary>
    public required IReadOnlyList<int> BboxPx { get; init; }

    /// <summary>Pixels.</summary>
    public required long AreaPx { get; init; }

    /// <summary>Outer contour <c>[x0, y0, x1, y1, …]</c>, simplified to within a pixel.</summary>
    public required IReadOnlyList<int> ContourPx { get; init; }

    /// <summary>The region's mask in the whole frame.</summary>
    public required MaskRle MaskRle { get; init; }
}
