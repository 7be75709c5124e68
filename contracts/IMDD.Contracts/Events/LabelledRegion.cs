namespace IMDD.Contracts.Events;

/// <summary>A defect as a person drew or confirmed it, in pixels of the original frame, origin top-left.</summary>
public sealed record LabelledRegion
{
    /// <summary>Stable class id; a name that no model knows yet is as good.</summary>
    public required string Class { get; init; }

    /// <summary><c>[x, y, width, height]</c>, pixels.</summary>
    public required IReadOnlyList<int> BboxPx { get; init; }

    /// <summary>Drawn polygon <c>[x0, y0, x1, y1, …]</c>, pixels.</summary>
    public IReadOnlyList<int>? ContourPx { get; init; }

    /// <summary>COCO RLE of the painted mask in the whole frame; null when it moved to <see cref="MaskUri"/>, or a polygon says it all.</summary>
    public MaskRle? MaskRle { get; init; }

    /// <summary>Blob of the mask, <see cref="MaskRle"/> as JSON, where it is too large for the event.</summary>
    public string? MaskUri { get; init; }
}
