using System.Text.Json.Nodes;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>What the product ships and signs is what the schemas say.</summary>
public sealed class ShippedBundleTests
{
    [Fact]
    public async Task ManifestAndEnvelope_OfEveryShippedBundle_AreValid()
    {
        var node = NodePackages.Find(out var missing);
        Assert.SkipWhen(node is null, missing);
        using TestDirectory copy = new();
        using TestSigningKey key = new();
        List<(WireDocument Document, JsonNode Json)> items = [];
        foreach (var bundle in Directory.GetDirectories(Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles")))
        {
            File.Copy(Path.Combine(bundle, "manifest.json"), copy.File("manifest.json"), overwrite: true);
            key.SignBundle(copy.Path);
            items.Add((WireDocument.Of("model.manifest.v1"), JsonNode.Parse(File.ReadAllBytes(copy.File("manifest.json")))!));
            items.Add((WireDocument.Of("dsse-envelope.v1"), JsonNode.Parse(File.ReadAllBytes(copy.File("manifest.dsse")))!));
        }

        items.ShouldNotBeEmpty();
        var results = await SchemaCheck.RunAsync(node!, items, TestContext.Current.CancellationToken);

        results.ShouldAllBe(result => result.Valid);
    }
}
