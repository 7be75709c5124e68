namespace IMDD.Edge.Agent.Outcomes;

/// <summary>A camera in the store, as the writer keeps it between commits.</summary>
internal sealed class CameraRow
{
    public required long Id { get; init; }
    public required string Key { get; init; }

    /// <summary>Number of outcomes so far: <c>ce_sequence</c> of the last.</summary>
    public long Ordinal { get; set; }

    /// <summary>Recording time of the last event.</summary>
    public DateTimeOffset Recorded { get; set; }

    public string? BootId { get; set; }
    public long FirstSequence { get; set; }
    public long HighSequence { get; set; }

    /// <summary>True when it differs from what is on disk.</summary>
    public bool IsDirty { get; set; }
}
