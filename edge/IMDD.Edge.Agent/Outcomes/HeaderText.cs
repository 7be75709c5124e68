using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IMDD.Edge.Agent.Outcomes;

/// <summary>Headers as a JSON object: kept in order, and legible to a person with the sqlite3 command.</summary>
internal static class HeaderText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using Utf8JsonWriter writer = new(buffer, Options);
        writer.WriteStartObject();
        foreach (var (name, value) in headers)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Read(ReadOnlySpan<byte> json)
    {
        List<KeyValuePair<string, string>> headers = new(24);
        Utf8JsonReader reader = new(json);
        var name = "";
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = reader.GetString()!;
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                headers.Add(new(name, reader.GetString()!));
            }
        }

        return headers;
    }
}
