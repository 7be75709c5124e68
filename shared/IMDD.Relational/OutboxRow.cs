namespace IMDD.Relational;

/// <summary>A record to be published, written in the transaction that made it.</summary>
public sealed class OutboxRow
{
    public long Sequence { get; init; }

    /// <summary>A later record of the same slot replaces one that is not published yet; null: every record is published.</summary>
    public string? Slot { get; init; }

    public required string EventId { get; init; }
    public required string Topic { get; init; }
    public required string Key { get; init; }
    public required byte[] Value { get; init; }

    /// <summary>JSON array of name and value pairs.</summary>
    public required string Headers { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Why Kafka will never take it; it stays here for a person and is not tried again.</summary>
    public string? Refused { get; set; }
}
