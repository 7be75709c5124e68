namespace IMDD.Messaging.Mqtt;

/// <summary>A PUBLISH to send, QoS 1.</summary>
public sealed record MqttOutgoing
{
    public required string Topic { get; init; }
    public ReadOnlyMemory<byte> Payload { get; init; }
    public string? ContentType { get; init; }

    /// <summary>True where the payload is UTF-8 text: sets the Payload Format Indicator to 1.</summary>
    public bool IsText { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];
    public bool Retain { get; init; }

    /// <summary>Message Expiry Interval; null: none.</summary>
    public TimeSpan? Expiry { get; init; }

    public string? ResponseTopic { get; init; }
    public ReadOnlyMemory<byte> CorrelationData { get; init; }
}
