namespace IMDD.Messaging.Kafka;

/// <summary>A record to produce.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Key">The unit of order; partitioned by murmur2, as Java clients do.</param>
/// <param name="Value">Value; null deletes the key in a compacted topic.</param>
/// <param name="Headers">Headers, UTF-8 text.</param>
/// <param name="Timestamp">Record timestamp.</param>
public sealed record KafkaRecord(
    string Topic,
    string Key,
    ReadOnlyMemory<byte>? Value,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    DateTimeOffset Timestamp);
