using System.Text.Json.Nodes;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>Writes what <see cref="ConfigurationReader"/> reads.</summary>
internal static class ConfigurationWriter
{
    /// <summary>A list of numbers or texts.</summary>
    public static JsonArray List<T>(IEnumerable<T> values) => [.. values.Select(value => JsonValue.Create(value))];
}
