namespace IMDD.Messaging.Kafka;

/// <summary>A consumed record.</summary>
public sealed record KafkaConsumed(
    string Topic,
    int Partition,
    long Offset,
    string? Key,
    ReadOnlyMemory<byte>? Value,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    DateTimeOffset Timestamp);
