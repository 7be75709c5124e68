namespace IMDD.Messaging.Kafka;

/// <summary>The Kafka client cannot go on.</summary>
public sealed class KafkaUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
