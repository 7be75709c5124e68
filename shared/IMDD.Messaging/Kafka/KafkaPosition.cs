namespace IMDD.Messaging.Kafka;

/// <summary>The next offset to read of a partition.</summary>
public readonly record struct KafkaPosition(KafkaPartition Partition, long NextOffset);
