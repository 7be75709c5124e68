using System.Text.Json.Nodes;
using IMDD.Testing;

namespace IMDD.Learning.Datasets.Tests;

/// <summary>The vocabulary's data file against its JSON Schema, by an independent validator.</summary>
public sealed class VocabularySchemaTests
{
    private const string Schema = "https://imdd.io/schemas/vocabulary.v1.json";
    private const string Words = "cloud/learning/IMDD.Learning.Datasets/Words";

    [Fact]
    public async Task English_DataFile_MeetsItsSchema()
        => (await ValidateAsync(English())).ShouldBe([]);

    [Theory]
    [InlineData("language", "\"English\"")]
    [InlineData("schemaVersion", "2")]
    [InlineData("locations", "[]")]
    [InlineData("labels", "{\"x\": \"Not An Id\"}")]
    [InlineData("defects", "[{\"id\": \"a\"}]")]
    [InlineData("surplus", "1")]
    public async Task English_OneFieldWrong_IsRefused(string field, string value)
    {
        var wrong = English();
        wrong[field] = JsonNode.Parse(value);

        (await ValidateAsync(wrong)).ShouldNotBeEmpty();
    }

    private static JsonObject English() => JsonNode.Parse(File.ReadAllText(Repository.PathOf([.. Words.Split('/'), "vocabulary.en.json"])))!.AsObject();

    private static async Task<IReadOnlyList<string>> ValidateAsync(JsonObject vocabulary)
    {
        var node = NodePackages.Find(out var reason);
        Assert.SkipWhen(node is null, reason);
        var request = new { Schemas = Repository.PathOf([.. Words.Split('/'), "Schema"]), Items = new[] { new { Schema, Data = vocabulary } } };
        var results = await node!.RunAsync("validate-schemas.cjs", request, TestContext.Current.CancellationToken);
        return [.. results[0].GetProperty("errors").EnumerateArray().Select(e => e.ToString())];
    }
}
