namespace IMDD.Messaging.Kafka;

/// <summary>A delivery report.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Partition">Partition, -1 when not persisted.</param>
/// <param name="Offset">Offset, -1 when not persisted.</param>
/// <param name="Error">librdkafka's error name, empty when persisted.</param>
public readonly record struct PublishReport(PublishResult Result, int Partition, long Offset, string Error);
