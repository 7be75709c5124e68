namespace IMDD.Messaging.Mqtt;

/// <summary>A PUBLISH as received. The payload is only valid until it is acknowledged; who keeps it longer copies it.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Payload">Payload bytes.</param>
/// <param name="ContentType">MQTT 5 Content Type.</param>
/// <param name="UserProperties">MQTT 5 user properties in order; names may repeat.</param>
/// <param name="Retain">True for a retained message.</param>
/// <param name="Duplicate">The DUP flag.</param>
/// <param name="ReceivedTimestamp"><see cref="TimeProvider.GetTimestamp"/> at receipt.</param>
/// <param name="ResponseTopic">MQTT 5 Response Topic.</param>
/// <param name="CorrelationData">MQTT 5 Correlation Data.</param>
public sealed record MqttIncoming(
    string Topic,
    ReadOnlyMemory<byte> Payload,
    string? ContentType,
    IReadOnlyList<KeyValuePair<string, string>> UserProperties,
    bool Retain,
    bool Duplicate,
    long ReceivedTimestamp,
    string? ResponseTopic = null,
    ReadOnlyMemory<byte> CorrelationData = default);
