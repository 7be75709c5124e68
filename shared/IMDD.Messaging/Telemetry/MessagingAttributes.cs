namespace IMDD.Messaging.Telemetry;

/// <summary>
/// Names of OpenTelemetry's semantic conventions for messaging, as of 2026-08; their status is Development, so they stand in one place.
/// https://opentelemetry.io/docs/specs/semconv/messaging/
/// </summary>
internal static class MessagingAttributes
{
    public const string System = "messaging.system";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string DestinationName = "messaging.destination.name";
    public const string DestinationTemplate = "messaging.destination.template";
    public const string PartitionId = "messaging.destination.partition.id";
    public const string MessageId = "messaging.message.id";
    public const string KafkaMessageKey = "messaging.kafka.message.key";
    public const string ConsumerGroup = "messaging.consumer.group.name";
    public const string ErrorType = "error.type";

    public const string OperationDuration = "messaging.client.operation.duration";
    public const string SentMessages = "messaging.client.sent.messages";
    public const string ConsumedMessages = "messaging.client.consumed.messages";
    public const string ProcessDuration = "messaging.process.duration";

    public const string Create = "create";
    public const string Send = "send";
    public const string Receive = "receive";
    public const string Process = "process";

    public const string Kafka = "kafka";

    /// <summary>Not among the conventions' systems: a value of our own, as they allow.</summary>
    public const string Mqtt = "mqtt";
}
