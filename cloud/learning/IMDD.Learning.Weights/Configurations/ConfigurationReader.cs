using System.Text.Json;

namespace IMDD.Learning.Weights.Configurations;

/// <summary>Reads fields of a model's <c>config.json</c>; a wrong one is refused with file, field and what was expected.</summary>
/// <param name="fields">The object.</param>
/// <param name="origin">The file, for messages.</param>
internal sealed class ConfigurationReader(JsonElement fields, string origin)
{
    /// <summary>No width, depth or size of a network that anybody runs is larger; a product of three fits a long.</summary>
    private const int MaxSize = 1 << 20;

    private const int MaxLayers = 256;
    private const int MaxFileBytes = 1 << 20;

    /// <summary>The file, and the object within it.</summary>
    public string Origin => origin;

    /// <summary>A file's text, of no more bytes than a configuration may have.</summary>
    public static string ReadFile(string path) => new FileInfo(path).Length <= MaxFileBytes
        ? File.ReadAllText(path)
        : throw new WeightsException($"{path}: larger than {MaxFileBytes} bytes, which no configuration is.");

    /// <summary>The object of a file or a text.</summary>
    public static ConfigurationReader Parse(string json, string origin)
    {
        if (json.Length > MaxFileBytes)
        {
            throw new WeightsException($"{origin}: a configuration of {json.Length} characters; expected at most {MaxFileBytes}.");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigurationReader(document.RootElement.Clone(), origin)
                : throw new WeightsException($"{origin}: {document.RootElement.ValueKind}; expected a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new WeightsException($"{origin}: not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => fields.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A nested object.</summary>
    public ConfigurationReader Object(string name) => Get(name).ValueKind == JsonValueKind.Object
        ? new ConfigurationReader(Get(name), $"{origin}: {name}")
        : throw Wrong(name, "an object");

    /// <summary>A size from 1.</summary>
    public int Size(string name, int? byDefault = null) => byDefault is { } value && !Has(name) ? value : SizeOf(name, Get(name));

    /// <summary>A whole number from 0.</summary>
    public int Whole(string name, int byDefault) => !Has(name)
        ? byDefault
        : Get(name).ValueKind == JsonValueKind.Number && Get(name).TryGetInt32(out var number) && number >= 0 ? number : throw Wrong(name, "a whole number from 0");

    /// <summary>A number of layers, from 1.</summary>
    public int Layers(string name, int? byDefault = null) => Size(name, byDefault) is <= MaxLayers and var layers ? layers : throw Wrong(name, $"at most {MaxLayers}");

    /// <summary>A number of layers, from 1, of each of <paramref name="count"/> blocks alike.</summary>
    public int Layers(string name, int byDefault, int count)
        => SizeOfAll(name, count, byDefault) is <= MaxLayers and var layers ? layers : throw Wrong(name, $"at most {MaxLayers}");

    /// <summary>A size that is said once, or for every one of <paramref name="count"/> blocks alike.</summary>
    public int SizeOfAll(string name, int count, int byDefault)
        => SizePerBlock(name, count, byDefault).Distinct().ToList() is [var size] ? size : throw Wrong(name, $"a size, or {count} of the same");

    /// <summary>Sizes from 1, at least one of them.</summary>
    public IReadOnlyList<int> Sizes(string name)
    {
        var array = Get(name);
        return array.ValueKind == JsonValueKind.Array && array.GetArrayLength() is > 0 and <= 16
            ? [.. array.EnumerateArray().Select(element => SizeOf(name, element))]
            : throw Wrong(name, "an array of 1 to 16 sizes");
    }

    /// <summary>A size for every one of <paramref name="count"/> blocks, or one for all.</summary>
    public IReadOnlyList<int> SizePerBlock(string name, int count, int byDefault)
    {
        if (!Has(name) || Get(name).ValueKind != JsonValueKind.Array)
        {
            return [.. Enumerable.Repeat(Size(name, byDefault), count)];
        }

        var sizes = Sizes(name);
        return sizes.Count == count ? sizes : throw Wrong(name, $"a size, or {count} of them");
    }

    /// <summary>A finite number.</summary>
    public double Number(string name, double byDefault) => !Has(name)
        ? byDefault
        : Get(name).ValueKind == JsonValueKind.Number && Get(name).TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(name, "a number");

    /// <summary>A truth value.</summary>
    public bool Flag(string name, bool byDefault) => !Has(name)
        ? byDefault
        : Get(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false"),
        };

    /// <summary>A text.</summary>
    public string Text(string name, string byDefault) => !Has(name)
        ? byDefault
        : Get(name).ValueKind == JsonValueKind.String ? Get(name).GetString()! : throw Wrong(name, "a text");

    /// <summary>A list of texts; null where it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name) => !Has(name)
        ? null
        : Get(name).ValueKind == JsonValueKind.Array && Get(name).EnumerateArray().All(element => element.ValueKind == JsonValueKind.String)
            ? [.. Get(name).EnumerateArray().Select(element => element.GetString()!)]
            : throw Wrong(name, "a list of texts");

    /// <summary>Refuses a field that is there with another value than the only one that is built here, numbers compared by value.</summary>
    /// <param name="name">The field.</param>
    /// <param name="only">That value, as JSON.</param>
    public void RequireOnly(string name, string only)
    {
        if (Has(name) && !JsonElement.DeepEquals(Get(name), JsonElement.Parse(only)))
        {
            throw Wrong(name, only);
        }
    }

    /// <summary>The same of a field that may be a list of <paramref name="count"/> values, one for each block.</summary>
    public void RequireOnlyPerBlock(string name, string only, int count)
    {
        if (Has(name) && Get(name).ValueKind == JsonValueKind.Array)
        {
            var expected = JsonElement.Parse(only);
            if (Get(name).GetArrayLength() != count || !Get(name).EnumerateArray().All(value => JsonElement.DeepEquals(value, expected)))
            {
                throw Wrong(name, $"{only}, or {count} of it");
            }

            return;
        }

        RequireOnly(name, only);
    }

    /// <summary>The complaint about a field.</summary>
    public WeightsException Wrong(string name, string expected)
    {
        var found = fields.TryGetProperty(name, out var value) ? value.GetRawText() : "nothing";
        return new WeightsException($"{origin}: '{name}' is {(found.Length > 80 ? found[..80] + "…" : found)}; expected {expected}.");
    }

    private int SizeOf(string name, JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var size) && size is >= 1 and <= MaxSize
        ? size
        : throw Wrong(name, $"whole numbers from 1 to {MaxSize}");

    private JsonElement Get(string name) => fields.TryGetProperty(name, out var value) ? value : throw Wrong(name, "a value");
}
