using IMDD.Contracts.CloudEvents;

namespace IMDD.Messaging.Kafka;

/// <summary>Turns events into records.</summary>
public static class KafkaEventExtensions
{
    /// <summary>The record of <paramref name="cloudEvent"/>: binary mode, keyed by its <c>partitionkey</c>.</summary>
    /// <param name="cloudEvent">The event.</param>
    /// <param name="topic">Where it goes.</param>
    /// <param name="timestamp">Record timestamp: the event's recorded time, clamped to rise by whoever keeps the order.</param>
    /// <exception cref="CloudEventFormatException">The event has no key.</exception>
    public static KafkaRecord ToRecord(this CloudEvent cloudEvent, string topic, DateTimeOffset timestamp)
        => new(topic, KafkaBinding.Key(cloudEvent), cloudEvent.Data, KafkaBinding.WriteHeaders(cloudEvent), timestamp);
}
