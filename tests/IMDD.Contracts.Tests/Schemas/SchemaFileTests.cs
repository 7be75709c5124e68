using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;

namespace IMDD.Contracts.Tests.Schemas;

public sealed class SchemaFileTests
{
    public static TheoryData<string> Documents => [.. WireDocument.All.Select(d => d.Name)];

    [Fact]
    public void SchemaFolder_HasExactlyOneFilePerDocument()
        => Directory.EnumerateFiles(WireDocument.SchemaFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(WireDocument.All.Select(d => d.Name + ".json").Order(StringComparer.Ordinal));

    [Fact]
    public void EventTypes_EachHaveASchema()
    {
        var types = typeof(EventTypes).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();
        types.Count.ShouldBeGreaterThanOrEqualTo(10);
        types.ShouldAllBe(type => WireDocument.All.Any(d => d.SchemaUri == EventTypes.SchemaUri(type)));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Schema_NamesItselfAndItsDialect(string name)
    {
        var document = WireDocument.Of(name);
        document.Schema()["$id"]!.GetValue<string>().ShouldBe(document.SchemaUri);
        document.Schema()["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Schema_EveryField_IsDescribed(string name)
        => Objects(WireDocument.Of(name).Schema(), "")
            .Where(o => o.Path.EndsWith("/properties", StringComparison.Ordinal) && !o.Path.Contains("/then/", StringComparison.Ordinal) && !o.Path.Contains("/if/", StringComparison.Ordinal))
            .SelectMany(o => o.Node.Where(p => p.Value!["description"] is null && p.Value["$ref"] is null).Select(p => $"{o.Path}/{p.Key}"))
            .ShouldBeEmpty();

    /// <summary>Milliseconds, pixels, square millimetres, bytes, seconds: the description repeats what the name says.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Schema_FieldWithUnitInItsName_SaysItInWords(string name)
    {
        (string Suffix, string Word)[] units =
            [("Ms", "millisecond"), ("Px", "pixel"), ("Mm2", "square millimetre"), ("Mm", "millimetre"), ("Bytes", "byte"), ("Seconds", "second")];
        foreach (var (path, node) in Objects(WireDocument.Of(name).Schema(), "").Where(o => o.Path.EndsWith("/properties", StringComparison.Ordinal)))
        {
            foreach (var (field, schema) in node)
            {
                if (units.FirstOrDefault(u => field.EndsWith(u.Suffix, StringComparison.Ordinal)) is { Word: { } word })
                {
                    schema!["description"]!.GetValue<string>().ShouldContain(word, Case.Insensitive, $"{path}/{field}");
                }
            }
        }
    }

    [Fact]
    public void Definitions_OfOneName_AreTheSameInEveryFile()
    {
        var definitions = WireDocument.All
            .SelectMany(d => (d.Schema()["$defs"] as JsonObject ?? []).Select(p => (File: d.Name, p.Key, Text: p.Value!.ToJsonString())))
            .GroupBy(d => d.Key, StringComparer.Ordinal).ToList();
        definitions.Count.ShouldBeGreaterThan(5);
        definitions.Where(g => g.Select(d => d.Text).Distinct(StringComparer.Ordinal).Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    internal static IEnumerable<(string Path, JsonObject Node)> Objects(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(p => Objects(p.Value, $"{path}/{p.Key}")).Prepend((path, o)),
        JsonArray a => a.SelectMany((n, i) => Objects(n, $"{path}/{i}")),
        _ => [],
    };
}
