using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IMDD.Messaging.Mqtt;

/// <summary>Our messages to the client library's and back.</summary>
internal static class MqttMessages
{
    private const int PropertyOverhead = 5;

    /// <summary>A received message. The payload is not copied where it is contiguous, which it is today.</summary>
    public static MqttIncoming ToIncoming(MqttApplicationMessage message, long receivedTimestamp) => new(
        message.Topic,
        message.Payload.IsSingleSegment ? message.Payload.First : message.Payload.ToArray(),
        message.ContentType,
        message.UserProperties is null ? [] : message.UserProperties.ConvertAll(p => KeyValuePair.Create(p.Name, Encoding.UTF8.GetString(p.ValueBuffer.Span))),
        message.Retain,
        message.Dup,
        receivedTimestamp,
        message.ResponseTopic,
        message.CorrelationData);

    /// <summary>A message to send. The payload is not copied: it must stay unchanged until the publication completes.</summary>
    public static MqttApplicationMessage ToPublish(MqttOutgoing message) => new()
    {
        Topic = message.Topic,
        Payload = new ReadOnlySequence<byte>(message.Payload),
        ContentType = message.ContentType,
        PayloadFormatIndicator = PayloadFormat(message),
        UserProperties = UserProperties(message),
        Retain = message.Retain,
        MessageExpiryInterval = ExpirySeconds(message),
        ResponseTopic = message.ResponseTopic,
        CorrelationData = message.CorrelationData.IsEmpty ? null : Bytes(message.CorrelationData),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    /// <summary>Sets the will of a CONNECT.</summary>
    public static void SetWill(MqttClientOptions options, MqttOutgoing will)
    {
        options.WillTopic = will.Topic;
        options.WillPayload = Bytes(will.Payload);
        options.WillContentType = will.ContentType;
        options.WillPayloadFormatIndicator = PayloadFormat(will);
        options.WillUserProperties = UserProperties(will);
        options.WillRetain = will.Retain;
        options.WillMessageExpiryInterval = ExpirySeconds(will);
        options.WillResponseTopic = will.ResponseTopic;
        options.WillCorrelationData = will.CorrelationData.IsEmpty ? null : Bytes(will.CorrelationData);
        options.WillQualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce;
    }

    /// <summary>An upper bound of the PUBLISH packet's size in bytes, to compare with the broker's Maximum Packet Size.</summary>
    public static long PacketSizeBound(MqttOutgoing message) =>
        64L
        + message.Payload.Length
        + message.CorrelationData.Length
        + Utf8Bound(message.Topic)
        + Utf8Bound(message.ContentType)
        + Utf8Bound(message.ResponseTopic)
        + message.UserProperties.Sum(p => PropertyOverhead + Utf8Bound(p.Key) + Utf8Bound(p.Value));

    private static long Utf8Bound(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static MqttPayloadFormatIndicator PayloadFormat(MqttOutgoing message) =>
        message.IsText ? MqttPayloadFormatIndicator.CharacterData : MqttPayloadFormatIndicator.Unspecified;

    // Rounded up: an expiry of 0 would mean none.
    private static uint ExpirySeconds(MqttOutgoing message) =>
        message.Expiry is { } expiry ? (uint)Math.Clamp(Math.Ceiling(expiry.TotalSeconds), 1, uint.MaxValue) : 0;

    private static List<MqttUserProperty>? UserProperties(MqttOutgoing message) => message.UserProperties.Count == 0
        ? null
        : [.. message.UserProperties.Select(p => new MqttUserProperty(p.Key, Encoding.UTF8.GetBytes(p.Value).AsMemory()))];

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Array is { } array && array.Length == segment.Count
            ? array
            : memory.ToArray();
}
