using System.Text.Json;
using System.Text.Json.Serialization;

namespace IMDD.Contracts.Events;

/// <summary>A number that a double can hold: 1e999 would be read as infinity, which no JSON can say again.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType != JsonTokenType.Number ? throw new JsonException($"Expected a number, not {reader.TokenType}.")
            : reader.GetDouble() is var value && double.IsFinite(value) ? value
            : throw new JsonException("Expected a number that a 64-bit float can hold.");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
