using System.Text.Json;
using IMDD.Contracts.Events;

namespace IMDD.Relational;

/// <summary>JSON columns.</summary>
public static class ImddJsonText
{
    public static string Write<T>(T data) => JsonSerializer.Serialize(data, ImddJson.Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ImddJson.Options) ?? throw new JsonException("Expected a value, not null.");
}
