namespace IMDD.Contracts.Topics;

/// <summary>How a topic is created where nobody has created it.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Partitions">Partitions at start; never raised while a keyed topic is in use.</param>
/// <param name="Compacted">True where the last record per key is kept.</param>
/// <param name="Retention">How long records are kept; null for ever.</param>
public sealed record KafkaTopicSpecification(string Name, int Partitions, bool Compacted, TimeSpan? Retention);
