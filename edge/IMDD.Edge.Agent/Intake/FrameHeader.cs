using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Intake;

/// <summary>What a camera said of a frame, as far as it could be read.</summary>
internal sealed record FrameHeader
{
    public required string FrameId { get; init; }

    /// <summary>True when the frame had no id and one was derived.</summary>
    public bool IdDerived { get; init; }

    /// <summary>What is wrong with the message, for a person; null: nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>Middle of the exposure by the camera's clock.</summary>
    public DateTimeOffset? Time { get; init; }

    public ClockQuality? Clock { get; init; }
    public string? InspectionId { get; init; }
    public string? PartId { get; init; }
    public string? LotId { get; init; }
    public bool Simulated { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Digest of the payload as the camera stated it.</summary>
    public string? StatedDigest { get; init; }

    public string? TraceParent { get; init; }
    public string? TraceState { get; init; }

    /// <summary>Boot id, where the frame id has the form <c>{bootId}-{sequence}</c>.</summary>
    public string? BootId { get; init; }

    public long Sequence { get; init; }

    /// <summary>The header without the words that somebody else chose, but for the id.</summary>
    public FrameHeader Bare() => new() { FrameId = FrameId, IdDerived = IdDerived, Problem = Problem, Time = Time, Simulated = Simulated, BootId = BootId, Sequence = Sequence };
}
