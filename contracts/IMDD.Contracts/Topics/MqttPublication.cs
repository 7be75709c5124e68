using IMDD.Contracts.CloudEvents;

namespace IMDD.Contracts.Topics;

/// <summary>
/// An event with everything its kind of topic fixes: the topic, whether it is retained, when it expires. Made by
/// <see cref="MqttPublications"/> alone, so that nobody decides for himself whether a frame is retained.
/// </summary>
public sealed record MqttPublication
{
    internal MqttPublication(string topic, CloudEvent cloudEvent, bool retain, TimeSpan? expiry = null)
    {
        Topic = topic;
        Payload = cloudEvent.Data;
        ContentType = cloudEvent.DataContentType;
        IsText = ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true;
        UserProperties = MqttBinding.WriteUserProperties(cloudEvent);
        Retain = retain;
        Expiry = expiry;
    }

    public string Topic { get; }
    public ReadOnlyMemory<byte> Payload { get; }
    public string? ContentType { get; }

    /// <summary>True where the payload is UTF-8 text: the Payload Format Indicator is 1.</summary>
    public bool IsText { get; }

    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; }
    public bool Retain { get; }

    /// <summary>Message Expiry Interval; null: none.</summary>
    public TimeSpan? Expiry { get; }
}
