namespace IMDD.Messaging.Kafka;

/// <summary>A partition of a topic.</summary>
public readonly record struct KafkaPartition(string Topic, int Partition);
