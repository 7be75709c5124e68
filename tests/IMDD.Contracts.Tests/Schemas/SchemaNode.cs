using System.Text.Json.Nodes;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>A subschema with its references followed and its <c>null</c> alternative taken apart.</summary>
internal sealed class SchemaNode
{
    private readonly JsonObject _root;
    private readonly JsonObject _node;

    public SchemaNode(JsonObject root)
        : this(root, root)
    {
    }

    private SchemaNode(JsonObject root, JsonObject node)
    {
        _root = root;
        AllowsNull = Allows(Follow(node), "null");
        _node = node["anyOf"] is JsonArray choices && choices.Select(c => c!.AsObject()).FirstOrDefault(c => c.ContainsKey("$ref")) is { } reference
            ? Follow(reference)
            : Follow(node);
    }

    public bool AllowsNull { get; }

    /// <summary>True where nothing is said of the form, as of a free-form field.</summary>
    public bool IsFree => !_node.ContainsKey("type") && !_node.ContainsKey("anyOf") && !_node.ContainsKey("const");

    public bool IsObject => Types.Contains("object");

    public bool IsArray => Types.Contains("array");

    public string? Description => _node["description"]?.GetValue<string>();

    public IReadOnlyList<string> Required => [.. (_node["required"] as JsonArray ?? []).Select(n => n!.GetValue<string>())];

    public IReadOnlyList<string> PropertyNames => [.. (_node["properties"] as JsonObject ?? []).Select(p => p.Key)];

    public IReadOnlyList<string> Types => _node["type"] switch
    {
        JsonArray many => [.. many.Select(n => n!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };

    /// <summary>Words of an open enum; empty where it is none.</summary>
    public IReadOnlyList<string> Words =>
        [.. (_node["anyOf"] as JsonArray ?? []).Select(c => c!["const"]).OfType<JsonValue>().Select(v => v.GetValue<string>())];

    public SchemaNode Items => new(_root, _node["items"]!.AsObject());

    public SchemaNode? MapValues => _node["additionalProperties"] is JsonObject values ? new(_root, values) : null;

    public SchemaNode? Property(string name)
        => _node["properties"]?[name] is JsonObject property ? new(_root, property) : MapValues;

    private JsonObject Follow(JsonObject node)
        => node["$ref"] is { } reference ? Follow(_root["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!.AsObject()) : node;

    private bool Allows(JsonObject node, string type)
        => (!node.ContainsKey("type") && !node.ContainsKey("anyOf") && !node.ContainsKey("const"))
        || node["type"] switch
        {
            JsonArray many => many.Any(n => n!.GetValue<string>() == type),
            JsonValue one => one.GetValue<string>() == type,
            _ => false,
        }
        || (node["anyOf"] is JsonArray choices && choices.Any(c => (c!.AsObject().ContainsKey("type") || c.AsObject().ContainsKey("$ref")) && Allows(Follow(c.AsObject()), type)));
}
