namespace IMDD.Contracts.Events;

/// <summary>Data of the message on <c>outcome/{camera}</c>: what the line acts on, and the camera gateway's receipt.</summary>
public sealed record OutcomeReceipt
{
    public required string FrameId { get; init; }
    public required string OutcomeId { get; init; }
    public required Verdict Verdict { get; init; }
    public string? Reason { get; init; }
    public bool DeadlineMet { get; init; } = true;
    public string? PartId { get; init; }
}
