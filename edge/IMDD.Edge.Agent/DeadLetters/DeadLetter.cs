namespace IMDD.Edge.Agent.DeadLetters;

/// <summary>What is known of something that could not be used; a file of JSON in the dead-letter folder, its bytes in the <c>.bin</c> beside it.</summary>
public sealed record DeadLetter
{
    /// <summary>Reason of a record that neither its Kafka topic nor the dead-letter topic took.</summary>
    public const string KafkaRefused = "kafka-refused";

    /// <summary>Of low cardinality: an undecided reason, or what kind of record it is.</summary>
    public required string Reason { get; init; }

    public required string Detail { get; init; }

    /// <summary>Camera, or topic where there is none.</summary>
    public required string Camera { get; init; }

    public required string FrameId { get; init; }
    public string? OutcomeId { get; init; }
    public string? Digest { get; init; }
    public long SizeBytes { get; init; }
    public string? ContentType { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Message properties or headers, <c>name: value</c>; cut where they are long.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
}
