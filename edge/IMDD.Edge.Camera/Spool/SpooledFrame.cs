using EventId = IMDD.Contracts.Identity.EventId;

namespace IMDD.Edge.Camera.Spool;

/// <summary>What is known of a frame that waits for its outcome; the picture itself is on disk.</summary>
internal sealed record SpooledFrame
{
    public required string BootId { get; init; }
    public required long Sequence { get; init; }

    /// <summary>Capture.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string ContentType { get; init; }
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the picture.</summary>
    public required int Length { get; init; }

    public int? Width { get; init; }
    public int? Height { get; init; }
    public required string PartId { get; init; }
    public required string InspectionId { get; init; }
    public required string TraceParent { get; init; }

    /// <summary>The frame's identity at its camera.</summary>
    public string FrameId => EventId.ForFrame(BootId, Sequence);
}
