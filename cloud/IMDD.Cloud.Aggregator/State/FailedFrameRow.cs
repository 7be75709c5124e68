namespace IMDD.Cloud.Aggregator.State;

/// <summary>A failed frame. The defect event and the one that names its blob come in either order.</summary>
public sealed class FailedFrameRow
{
    public required string OutcomeId { get; init; }
    public required string Line { get; set; }
    public required string Camera { get; set; }
    public DateTimeOffset Time { get; set; }

    /// <summary>JSON of the defect event; null while only its blob is known.</summary>
    public string? Defect { get; set; }

    /// <summary>JSON of the stored frame; null while it is not announced.</summary>
    public string? Frame { get; set; }

    /// <summary>JSON of the masks that were announced after the event; null where there are none.</summary>
    public string? Masks { get; set; }

    public DateTimeOffset Changed { get; set; }
}
