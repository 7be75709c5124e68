using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>The convention of every verb that computes: with <c>--json</c> one JSON object is the last line of standard output.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> CreateOption() => new("--json") { Description = "Write one JSON object as the last line of standard output." };

    /// <summary>What another process wrote so.</summary>
    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;

    public static void Write<T>(TextWriter output, T result)
    {
        output.WriteLine(JsonSerializer.Serialize(result, Options));
        output.Flush();
    }
}
