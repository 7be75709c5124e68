using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IMDD.Cli.Output;

/// <summary>
/// The convention of every verb that computes: with <c>--json</c> one JSON object is the last line of standard output; progress goes to
/// standard error; the exit code is 0 only for success.
/// </summary>
public static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The <c>--json</c> option.</summary>
    public static Option<bool> CreateOption() => new("--json") { Description = "Write one JSON object as the last line of standard output." };

    /// <summary>Writes <paramref name="result"/> on one line, names in snake_case.</summary>
    public static void Write<T>(TextWriter output, T result)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(JsonSerializer.Serialize(result, Options));
        output.Flush();
    }
}
