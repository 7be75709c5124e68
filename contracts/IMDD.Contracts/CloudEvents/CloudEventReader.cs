using System.Text.Json;

namespace IMDD.Contracts.CloudEvents;

/// <summary>Builds an event from attributes already stripped of their transport's prefix, or from structured-mode JSON.</summary>
internal static class CloudEventReader
{
    private const int MaxAttributes = 64;
    private const int MaxStructuredDepth = 64;

    /// <summary>Four times an event's largest data: room for base64 and attributes, and still bounded.</summary>
    private const int MaxStructuredBytes = 1024 * 1024;

    /// <summary>Binary mode.</summary>
    /// <exception cref="CloudEventFormatException">A required attribute is missing or a value is malformed.</exception>
    public static CloudEvent FromAttributes(IReadOnlyDictionary<string, string> attributes, string? contentType, ReadOnlyMemory<byte> data)
    {
        if (attributes.Count > MaxAttributes)
        {
            throw new CloudEventFormatException($"The event has {attributes.Count} attributes: expected at most {MaxAttributes}.");
        }

        var version = Required(attributes, CloudEventAttributes.SpecVersion);
        if (version != CloudEventAttributes.SpecVersionValue)
        {
            throw new CloudEventFormatException($"Attribute 'specversion' is '{Excerpt.Of(version)}': expected '1.0'.");
        }

        Dictionary<string, string> extensions = new(StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            // An empty value is an absent attribute; a name that is none belongs to somebody else (a bridge, a tracer).
            if (value.Length == 0 || !CloudEventText.IsAttributeName(name))
            {
                continue;
            }

            CloudEventAttributes.Check(name, value);
            if (!CloudEventAttributes.IsCore(name))
            {
                extensions[name] = value;
            }
        }

        return new CloudEvent
        {
            Id = Required(attributes, CloudEventAttributes.Id),
            Source = Required(attributes, CloudEventAttributes.Source),
            Type = Required(attributes, CloudEventAttributes.Type),
            Time = OptionalTime(attributes),
            Subject = Optional(attributes, CloudEventAttributes.Subject),
            DataSchema = Optional(attributes, CloudEventAttributes.DataSchema),
            DataContentType = string.IsNullOrEmpty(contentType) ? Optional(attributes, CloudEventAttributes.DataContentType) : contentType,
            Extensions = extensions,
            Data = data,
        };
    }

    /// <summary>Structured mode, <c>application/cloudevents+json</c>.</summary>
    /// <exception cref="CloudEventFormatException">Not a JSON object with the required attributes.</exception>
    public static CloudEvent FromStructured(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxStructuredBytes)
        {
            throw new CloudEventFormatException($"The structured event has {json.Length} bytes: expected at most {MaxStructuredBytes}.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxStructuredDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new CloudEventFormatException("A structured event must be a JSON object.");
            }

            Dictionary<string, string> attributes = new(StringComparer.Ordinal);
            ReadOnlyMemory<byte> data = default;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "data":
                        data = JsonSerializer.SerializeToUtf8Bytes(property.Value);
                        break;
                    case "data_base64":
                        data = property.Value.GetBytesFromBase64();
                        break;
                    // The JSON format says that a null attribute is an absent one.
                    case var _ when property.Value.ValueKind == JsonValueKind.Null:
                        break;
                    default:
                        attributes[property.Name] = property.Value.ValueKind == JsonValueKind.String
                            ? property.Value.GetString()!
                            : property.Value.GetRawText();
                        break;
                }
            }

            return FromAttributes(attributes, attributes.GetValueOrDefault(CloudEventAttributes.DataContentType) ?? "application/json", data);
        }
        catch (Exception e) when (e is JsonException or FormatException and not CloudEventFormatException or InvalidOperationException)
        {
            throw new CloudEventFormatException("The structured event is not valid JSON of the CloudEvents format: " + e.Message, e);
        }
    }

    private static string Required(IReadOnlyDictionary<string, string> attributes, string name)
        => Optional(attributes, name)
            ?? throw new CloudEventFormatException($"Attribute '{name}' is missing or empty.");

    private static string? Optional(IReadOnlyDictionary<string, string> attributes, string name)
        => attributes.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static DateTimeOffset? OptionalTime(IReadOnlyDictionary<string, string> attributes)
    {
        if (Optional(attributes, CloudEventAttributes.Time) is not { } text)
        {
            return null;
        }

        return CloudEventText.TryParseTime(text, out var time)
            ? time
            : throw new CloudEventFormatException($"Attribute 'time' is '{Excerpt.Of(text)}': expected RFC 3339 with an offset.");
    }
}
