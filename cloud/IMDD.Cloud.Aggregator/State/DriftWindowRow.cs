namespace IMDD.Cloud.Aggregator.State;

/// <summary>A window of a camera's statistics.</summary>
public sealed class DriftWindowRow
{
    /// <summary><c>ce_id</c>: what is read twice counts once.</summary>
    public required string Id { get; init; }

    public required string Camera { get; init; }
    public required string ModelDigest { get; init; }
    public required string Line { get; init; }
    public DateTimeOffset Start { get; init; }
    public DateTimeOffset End { get; init; }
    public long Frames { get; init; }

    /// <summary>True until it is compared or added to a reference.</summary>
    public bool Pending { get; set; }

    /// <summary>Of the reference that it was compared with.</summary>
    public long Epoch { get; set; }

    /// <summary>JSON of the event, while it is pending.</summary>
    public string? Data { get; set; }

    /// <summary>JSON of its scores; null where it was not compared.</summary>
    public string? Scores { get; set; }
}
