namespace IMDD.Contracts.Events;

/// <summary>Data of <c>io.imdd.frame.stored.v1</c>: the blob of a frame whose defect event had to go out without it.</summary>
public sealed record FrameStored
{
    public required string FrameId { get; init; }
    public required string OutcomeId { get; init; }
    public required FrameReference Frame { get; init; }

    /// <summary>Masks that were too large for the defect event.</summary>
    public IReadOnlyList<StoredMask>? Masks { get; init; }
}
