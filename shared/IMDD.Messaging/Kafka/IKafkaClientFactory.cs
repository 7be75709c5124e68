namespace IMDD.Messaging.Kafka;

/// <summary>Makes producers and consumers by <see cref="KafkaOptions"/>.</summary>
public interface IKafkaClientFactory
{
    /// <summary>A producer; one per process is enough.</summary>
    IKafkaPublisher CreatePublisher();

    /// <summary>A consumer of <paramref name="groupId"/>.</summary>
    IKafkaConsumer CreateConsumer(string groupId);
}
