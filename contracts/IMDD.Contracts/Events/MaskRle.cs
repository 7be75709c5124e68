namespace IMDD.Contracts.Events;

/// <summary>COCO run-length encoding, column-major.</summary>
/// <param name="Size"><c>[height, width]</c> of the whole frame, pixels.</param>
/// <param name="Counts">COCO's compressed counts.</param>
public sealed record MaskRle(IReadOnlyList<int> Size, string Counts);
