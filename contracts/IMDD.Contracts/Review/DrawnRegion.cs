using IMDD.Contracts.Events;

namespace IMDD.Contracts.Review;

/// <summary>A defect as it was drawn, in pixels of the original frame: a polygon or a painted mask, exactly one of them.</summary>
public sealed record DrawnRegion
{
    /// <summary>Its name, known or new.</summary>
    public required string Class { get; init; }

    /// <summary>Polygon <c>[x0, y0, x1, y1, …]</c>, pixels; at least three points.</summary>
    public IReadOnlyList<int>? ContourPx { get; init; }

    /// <summary>COCO RLE of the painted mask, of the whole frame's size.</summary>
    public MaskRle? MaskRle { get; init; }
}
