using System.Text.Json;
using IMDD.Learning.Datasets.Files;

namespace IMDD.Learning.Datasets.Annotations;

/// <summary>JSON from outside, bounded in depth, with errors that say what was expected.</summary>
internal static class BoundedJson
{
    /// <exception cref="AnnotationException">Not JSON, nested too deeply, or <paramref name="read"/> found text that is not Unicode.</exception>
    public static T Read<T>(byte[] json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                MaxDepth = GeometryLimits.MaxJsonDepth,
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            });
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new AnnotationException($"It is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Text is transcoded only when it is asked for: bad UTF-8 and lone surrogates surface then.
            throw new AnnotationException($"It holds text that is not valid Unicode: {e.Message}", e);
        }
    }

    /// <exception cref="AnnotationException">Not a finite number within bounds.</exception>
    public static double Coordinate(JsonElement element, string where)
        => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value)
            && double.IsFinite(value) && Math.Abs(value) <= GeometryLimits.MaxCoordinate
            ? value
            : throw new AnnotationException($"{where}: '{Shown(element)}' is not a pixel coordinate.");

    /// <exception cref="AnnotationException">The property is missing or not text.</exception>
    public static string Text(JsonElement element, string name, string where)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new AnnotationException($"{where}: expected text '{name}'.");

    /// <exception cref="AnnotationException">The property is missing or not a whole number.</exception>
    public static long Integer(JsonElement element, string name, string where)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw new AnnotationException($"{where}: expected a whole number '{name}'.");

    /// <exception cref="AnnotationException">The property is missing or not an array.</exception>
    public static JsonElement Array(JsonElement element, string name, string where)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value
            : throw new AnnotationException($"{where}: expected an array '{name}'.");

    private static string Shown(JsonElement element) => element.GetRawText() is { Length: > 40 } text ? text[..40] + "…" : element.GetRawText();
}
