using System.Text.Json;
using System.Text.Json.Serialization;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>Says in what two configurations of one kind differ: weights of the same shapes compute something else with other heads, epsilons or scales.</summary>
internal static class ConfigurationDifference
{
    // What follows from other fields would only repeat them.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Every field that differs, with what was found and expected.</summary>
    public static IReadOnlyList<string> Of(object found, object expected)
    {
        List<string> differences = [];
        Compare("", JsonSerializer.SerializeToElement(found, Options), JsonSerializer.SerializeToElement(expected, Options), differences);
        return differences;
    }

    /// <summary>The same of whole models, by the names that fields have in files. What a model is called and how it was trained change no number that it gives.</summary>
    public static IReadOnlyList<string> Of(FoundationConfiguration found, FoundationConfiguration expected)
    {
        List<string> differences = [];
        Compare("", JsonElement.Parse((found with { Name = expected.Name, Paper = expected.Paper }).ToJson()), JsonElement.Parse(expected.ToJson()), differences);
        return differences;
    }

    private static void Compare(string path, JsonElement found, JsonElement expected, List<string> differences)
    {
        if (expected.ValueKind != JsonValueKind.Object)
        {
            if (!JsonElement.DeepEquals(found, expected))
            {
                differences.Add($"{path} is {found.GetRawText()}, expected {expected.GetRawText()}");
            }

            return;
        }

        foreach (var property in expected.EnumerateObject())
        {
            Compare(path.Length == 0 ? property.Name : $"{path}.{property.Name}", found.GetProperty(property.Name), property.Value, differences);
        }
    }
}
