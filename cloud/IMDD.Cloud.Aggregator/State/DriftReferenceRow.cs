namespace IMDD.Cloud.Aggregator.State;

/// <summary>What a camera's frames are compared with, for one model.</summary>
public sealed class DriftReferenceRow
{
    /// <summary>Camera path.</summary>
    public required string Camera { get; init; }

    public required string ModelDigest { get; init; }
    public required string Line { get; init; }

    /// <summary>Rises when a person asks for another reference: windows compared with the one before are no longer judged.</summary>
    public long Epoch { get; set; }

    /// <summary>Windows that began earlier are not part of it.</summary>
    public DateTimeOffset Since { get; set; }

    public long Frames { get; set; }
    public int Windows { get; set; }

    /// <summary>JSON of the sum of its windows; null before the first.</summary>
    public string? Sketch { get; set; }

    /// <summary>JSON of the bundle's; null where it has none or a person wanted another.</summary>
    public string? Bundle { get; set; }

    /// <summary>End of the latest window.</summary>
    public DateTimeOffset Latest { get; set; }
}
