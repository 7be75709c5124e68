using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IMDD.Contracts.Events;

/// <summary>How every event is written and read: camel case, nulls left out, unknown fields ignored, depth bounded.</summary>
public static class ImddJson
{
    /// <summary>Largest size of an event's data, bytes.</summary>
    public const int MaxEventBytes = 256 * 1024;

    private const int MaxDepth = 32;

    /// <summary>The one set of options.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>UTF-8 JSON of <paramref name="data"/>.</summary>
    public static byte[] Serialize<T>(T data) => JsonSerializer.SerializeToUtf8Bytes(data, Options);

    /// <summary>Reads <typeparamref name="T"/>.</summary>
    /// <exception cref="JsonException">Not valid JSON, or a required field is missing; the message names it.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> json)
        => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"Expected a JSON object for {typeof(T).Name}, not null.");

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,

            // Never put into HTML unescaped; the default would write a mask's run lengths six times as long, and names as \u escapes.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = MaxDepth,
        };
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new FiniteNumberConverter());
        options.Converters.Add(new OpenEnumConverter<Verdict>());
        options.Converters.Add(new OpenEnumConverter<Severity>());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
