using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using IMDD.Contracts.Events;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>Schemas and records say the same: the same fields, the same required, the same nullable, all the way down.</summary>
public sealed class SchemaRecordTests
{
    public static TheoryData<string> Documents => [.. WireDocument.All.Where(d => d.Record is not null).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Record_AgainstSchema_SameFields(string name)
    {
        var document = WireDocument.Of(name);
        List<string> differences = [];
        Compare(document.Record!, new SchemaNode(document.Schema()), name, differences);
        differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Record_WithEverythingFilled_IsValid()
    {
        var node = NodePackages.Find(out var missing);
        Assert.SkipWhen(node is null, missing);
        List<(WireDocument, JsonNode)> items = [];
        foreach (var document in WireDocument.All.Where(d => d.Record is not null))
        {
            var filled = document.Write(RecordFiller.Fill(document.Record!));
            UnfilledFields(new SchemaNode(document.Schema()), filled, document.Name).ShouldBeEmpty();
            items.Add((document, filled));
        }

        var results = await SchemaCheck.RunAsync(node!, items, TestContext.Current.CancellationToken);
        results.Zip(items).Where(r => !r.First.Valid).Select(r => $"{r.Second.Item1.Name}: {r.First}").ShouldBeEmpty();
    }

    private static void Compare(Type type, SchemaNode schema, string path, List<string> differences)
    {
        if (schema.IsFree)
        {
            return;
        }

        var info = ImddJson.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when schema.IsObject:
                CompareFields(info, schema, path, differences);
                break;
            case JsonTypeInfoKind.Enumerable when schema.IsArray:
                Compare(info.ElementType!, schema.Items, path + "[]", differences);
                break;
            case JsonTypeInfoKind.Dictionary when schema.MapValues is { } values:
                Compare(info.ElementType!, values, path + "{}", differences);
                break;
            case JsonTypeInfoKind.None:
                CompareScalar(info.Type, schema, path, differences);
                break;
            default:
                differences.Add($"{path}: {info.Kind} in the record, {string.Join('|', schema.Types)} in the schema");
                break;
        }
    }

    private static void CompareFields(JsonTypeInfo info, SchemaNode schema, string path, List<string> differences)
    {
        var properties = info.Properties.Where(p => p.Get is not null).ToDictionary(p => p.Name, StringComparer.Ordinal);
        differences.AddRange(schema.PropertyNames.Where(n => !properties.ContainsKey(n)).Select(n => $"{path}/{n}: in the schema only"));
        foreach (var (name, property) in properties)
        {
            var field = $"{path}/{name}";
            if (!schema.PropertyNames.Contains(name))
            {
                differences.Add($"{field}: in the record only");
                continue;
            }

            var subschema = schema.Property(name)!;
            var isRequired = property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };
            if (isRequired != schema.Required.Contains(name))
            {
                differences.Add($"{field}: required in the {(isRequired ? "record" : "schema")} only");
            }

            var isNullable = property.IsSetNullable && (!property.PropertyType.IsValueType || Nullable.GetUnderlyingType(property.PropertyType) is not null);
            if (isNullable != subschema.AllowsNull)
            {
                differences.Add($"{field}: null in the {(isNullable ? "record" : "schema")} only");
            }

            Compare(property.PropertyType, subschema, field, differences);
        }
    }

    private static void CompareScalar(Type type, SchemaNode schema, string path, List<string> differences)
    {
        var expected = type == typeof(bool) ? "boolean"
            : type == typeof(int) || type == typeof(long) ? "integer"
            : type == typeof(double) ? "number"
            : "string";
        var actual = schema.Words.Count > 0 ? "string" : schema.Types.Single(t => t != "null");
        if (expected != actual)
        {
            differences.Add($"{path}: {expected} in the record, {actual} in the schema");
        }

        if (type.IsEnum)
        {
            var words = Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName).Where(w => w != "unknown");
            if (!words.ToHashSet(StringComparer.Ordinal).SetEquals(schema.Words))
            {
                differences.Add($"{path}: words {string.Join(',', words)} in the record, {string.Join(',', schema.Words)} in the schema");
            }
        }
    }

    private static IEnumerable<string> UnfilledFields(SchemaNode schema, JsonNode json, string path) => json switch
    {
        JsonObject o when schema.PropertyNames.Count > 0 => schema.PropertyNames.SelectMany(n => o[n] is { } value
            ? UnfilledFields(schema.Property(n)!, value, $"{path}/{n}")
            : [$"{path}/{n} is not filled"]),
        JsonArray a when a.Count == 0 => [$"{path} is empty"],
        JsonArray a => UnfilledFields(schema.Items, a[0]!, path + "[0]"),
        _ => [],
    };
}
