using System.Text.Json;
using System.Text.Json.Serialization;

namespace IMDD.Contracts.Events;

/// <summary>Writes an enum in camel case; reads a word it does not know as the enum's zero value, since enums on the wire are open.</summary>
public sealed class OpenEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByName = Enum.GetValues<T>().ToDictionary(v => Name(v), v => v, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String
            ? ByName.GetValueOrDefault(reader.GetString()!)
            : throw new JsonException($"Expected a string for {typeof(T).Name}, not {reader.TokenType}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Name(value));

    private static string Name(T value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
