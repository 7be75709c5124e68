using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;

namespace IMDD.Cli.Watch;

/// <summary>
/// A message as <c>imdd watch</c> shows it: where it stood, its CloudEvents attributes and its data. What is no CloudEvent, or holds no
/// JSON where it says so, is shown with the reason; nothing a writer sends can end the watch or reach the terminal as a control sequence.
/// </summary>
/// <param name="Place">Topic, partition, offset, key, timestamp; or the MQTT topic.</param>
/// <param name="Attributes">CloudEvents attributes, or the bare headers of a message that is no event.</param>
/// <param name="Data">The data as JSON, or null.</param>
/// <param name="Note">What is to be said about it: malformed, deleted, binary; null for nothing.</param>
public sealed record WatchedMessage(JsonObject Place, JsonObject Attributes, JsonNode? Data, string? Note)
{
    private const int MaxShownText = 2000;
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Decodes a Kafka record, in binary or structured mode.</summary>
    public static WatchedMessage From(KafkaConsumed record)
    {
        ArgumentNullException.ThrowIfNull(record);
        JsonObject place = new()
        {
            ["topic"] = record.Topic,
            ["partition"] = record.Partition,
            ["offset"] = record.Offset,
            ["key"] = record.Key,
            ["timestamp"] = record.Timestamp.UtcDateTime.ToString("O"),
        };
        return record.Value is { } value
            ? Decode(place, record.Headers, value, () => KafkaBinding.Read(record.Headers, value))
            : new WatchedMessage(place, Bare(record.Headers), Data: null, "deleted: no value");
    }

    /// <summary>Decodes an MQTT publication, in binary or structured mode.</summary>
    public static WatchedMessage From(MqttIncoming message)
    {
        ArgumentNullException.ThrowIfNull(message);
        JsonObject place = new() { ["topic"] = message.Topic, ["retain"] = message.Retain };
        return Decode(
            place, message.UserProperties, message.Payload, () => MqttBinding.Read(message.UserProperties, message.ContentType, message.Payload));
    }

    /// <summary>One JSON object on one line.</summary>
    public string ToJson()
    {
        JsonObject all = new();
        foreach (var (name, value) in Place)
        {
            all[name] = value?.DeepClone();
        }

        all["attributes"] = Attributes.DeepClone();
        if (Data is not null)
        {
            all["data"] = Data.DeepClone();
        }

        if (Note is not null)
        {
            all["note"] = Note;
        }

        return Printable(all.ToJsonString(Readable), escape: "\\u");
    }

    /// <summary>A block of text for people.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(Place["topic"]);
        if (Place["partition"] is { } partition)
        {
            text.Append($"[{partition}]@{Place["offset"]}  {Place["timestamp"]}  key {Place["key"]?.ToString() ?? "(none)"}");
        }

        text.Append('\n');
        foreach (var (name, value) in Attributes)
        {
            text.Append($"  {name,-16} {value}\n");
        }

        if (Note is not null)
        {
            text.Append($"  !  {Note}\n");
        }

        if (Data is not null)
        {
            text.Append($"  {Data.ToJsonString(Readable)}\n");
        }

        return Printable(text.ToString(), escape: "\\u");
    }

    private static WatchedMessage Decode(
        JsonObject place, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> value, Func<CloudEvent> read)
    {
        CloudEvent cloudEvent;
        try
        {
            cloudEvent = read();
        }
        catch (CloudEventFormatException malformed)
        {
            return new WatchedMessage(place, Bare(headers), TextOf(value), $"malformed: {malformed.Message}");
        }

        var attributes = AttributesOf(cloudEvent);
        if (cloudEvent.DataContentType is { } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            return new WatchedMessage(place, attributes, Data: null, $"{cloudEvent.Data.Length} bytes of {type}");
        }

        try
        {
            return new WatchedMessage(place, attributes, cloudEvent.Data.IsEmpty ? null : JsonNode.Parse(cloudEvent.Data.Span, null, Bounded), Note: null);
        }
        catch (JsonException malformed)
        {
            return new WatchedMessage(place, attributes, TextOf(cloudEvent.Data), $"malformed: the data is not JSON: {malformed.Message}");
        }
    }

    private static JsonObject AttributesOf(CloudEvent cloudEvent)
    {
        JsonObject attributes = new()
        {
            [CloudEventAttributes.Type] = cloudEvent.Type,
            [CloudEventAttributes.Id] = cloudEvent.Id,
            [CloudEventAttributes.Source] = cloudEvent.Source,
        };
        Add(CloudEventAttributes.Time, cloudEvent.Time?.UtcDateTime.ToString("O"));
        Add(CloudEventAttributes.Subject, cloudEvent.Subject);
        Add(CloudEventAttributes.DataContentType, cloudEvent.DataContentType);
        Add(CloudEventAttributes.DataSchema, cloudEvent.DataSchema);
        foreach (var (name, value) in cloudEvent.Extensions.OrderBy(extension => extension.Key, StringComparer.Ordinal))
        {
            Add(name, value);
        }

        return attributes;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                attributes[name] = value;
            }
        }
    }

    private static JsonObject Bare(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        JsonObject bare = new();
        foreach (var (name, value) in headers)
        {
            bare[name] = value;
        }

        return bare;
    }

    private static JsonValue? TextOf(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(value.Span[..Math.Min(value.Length, MaxShownText)]);
        return JsonValue.Create(value.Length > MaxShownText ? $"{text}… ({value.Length} bytes)" : text);
    }

    /// <summary>Control characters, C1 included, as escapes: a terminal must not obey what a message says.</summary>
    private static string Printable(string text, string escape) => string.Concat(text.Select(
        c => char.IsControl(c) && c != '\n' ? $"{escape}{(int)c:x4}" : c.ToString()));
}
