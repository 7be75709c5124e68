using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Contracts.CloudEvents;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>
/// The samples are the frozen readers' memory: every sample of every earlier version must be valid against the schemas of today and
/// readable by the code of today.
/// </summary>
public sealed class SampleTests(SampleResults results) : IClassFixture<SampleResults>
{
    public static TheoryData<string> Valid => [.. SampleFile.Valid];

    public static TheoryData<string> Invalid => [.. SampleFile.Invalid];

    public static TheoryData<string> InvalidReadable => [.. SampleFile.Invalid.Where(s => SampleFile.DocumentOf(s).Record is not null)];

    public static TheoryData<string> Readable => [.. SampleFile.Valid.Where(s => SampleFile.DocumentOf(s).Record is not null)];

    public static TheoryData<string> Documents => [.. WireDocument.All.Where(d => d.Record is not null).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Sample_OfAnyVersion_IsValidToday(string sample)
    {
        Assert.SkipWhen(results.Missing.Length > 0, results.Missing);
        results[sample].Valid.ShouldBeTrue(results[sample].ToString());
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void InvalidSample_FailsForTheStatedReason(string sample)
    {
        Assert.SkipWhen(results.Missing.Length > 0, results.Missing);
        var expected = SampleFile.Read(sample);
        results[sample].Valid.ShouldBeFalse();
        results[sample].Errors.ShouldContain(
            e => e.Keyword == expected["keyword"]!.GetValue<string>() && e.InstancePath == expected["instancePath"]!.GetValue<string>(),
            results[sample].ToString());
    }

    [Theory]
    [MemberData(nameof(InvalidReadable))]
    public void InvalidSample_Read_RefusedExactlyWhereItSaysSo(string sample)
    {
        var document = SampleFile.DocumentOf(sample);
        var expected = SampleFile.Read(sample);
        if (expected["refusedByReader"]!.GetValue<bool>())
        {
            Should.Throw<JsonException>(() => document.Read(expected["data"]!)).Message.ShouldNotBeNullOrWhiteSpace();
        }
        else
        {
            Should.NotThrow(() => document.Read(expected["data"]!));
        }
    }

    [Theory]
    [MemberData(nameof(Readable))]
    public void Sample_ReadAndWritten_KeepsEveryKnownField(string sample)
    {
        var document = SampleFile.DocumentOf(sample);
        var schema = new SchemaNode(document.Schema());
        var original = SampleFile.Read(sample);

        var written = document.Write(document.Read(original));

        Differences(schema, original, written, "").ShouldBeEmpty();
        document.Write(document.Read(written)).ToJsonString().ShouldBe(written.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Samples_OfEachDocument_CoverLeastMostAndUnknown(string name)
    {
        var names = SampleFile.Valid.Where(s => SampleFile.DocumentOf(s).Name == name).Select(Path.GetFileNameWithoutExtension).ToList();
        names.ShouldContain("minimal");
        names.ShouldContain("full");
        names.ShouldContain("unknown-fields");
        SampleFile.Invalid.ShouldContain(s => SampleFile.DocumentOf(s).Name == name);

        var schema = new SchemaNode(WireDocument.Of(name).Schema());
        var required = schema.Required.ToHashSet(StringComparer.Ordinal);
        var minimal = SampleFile.Read($"v1.0/{name}/minimal.json").AsObject().Select(p => p.Key);
        minimal.ShouldAllBe(field => required.Contains(field), "a minimal sample has required fields only");
    }

    private static IEnumerable<string> Differences(SchemaNode schema, JsonNode? original, JsonNode? written, string path)
    {
        switch (original)
        {
            case null:
                return written is null ? [] : [$"{path}: null became {written.ToJsonString()}"];
            case JsonObject from when written is JsonObject to:
                return from.Where(p => schema.Property(p.Key) is not null)
                    .SelectMany(p => Differences(schema.Property(p.Key)!, p.Value, to[p.Key], $"{path}/{p.Key}"));
            case JsonArray from when written is JsonArray to && from.Count == to.Count:
                return from.Zip(to).SelectMany((pair, i) => Differences(schema.Items, pair.First, pair.Second, $"{path}/{i}"));
            case JsonValue from when written is JsonValue to && Same(schema, from, to):
                return [];
            default:
                return [$"{path}: {original.ToJsonString()} became {written?.ToJsonString() ?? "nothing"}"];
        }
    }

    private static bool Same(SchemaNode schema, JsonValue from, JsonValue to) => (from.GetValueKind(), to.GetValueKind()) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => Number(from) == Number(to),
        (JsonValueKind.String, JsonValueKind.String) when CloudEventText.TryParseTime(from.GetValue<string>(), out var time)
            => CloudEventText.TryParseTime(to.GetValue<string>(), out var again) && again == time,
        (JsonValueKind.String, JsonValueKind.String) => from.GetValue<string>() == to.GetValue<string>()
            || (to.GetValue<string>() == "unknown" && schema.Words.Count > 0 && !schema.Words.Contains(from.GetValue<string>())),
        _ => JsonNode.DeepEquals(from, to),
    };

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
}
