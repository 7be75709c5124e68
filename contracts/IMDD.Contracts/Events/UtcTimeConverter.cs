using System.Text.Json;
using System.Text.Json.Serialization;
using IMDD.Contracts.CloudEvents;

namespace IMDD.Contracts.Events;

/// <summary>Times in data are written as times in attributes: RFC 3339, UTC, microseconds. One without an offset is refused.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && CloudEventText.TryParseTime(reader.GetString(), out var time)
            ? time
            : throw new JsonException("Expected a time of RFC 3339 with an offset.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(CloudEventText.Time(value));
}
