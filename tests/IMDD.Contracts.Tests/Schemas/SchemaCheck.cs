using System.Text.Json;
using System.Text.Json.Nodes;
using IMDD.Testing;

namespace IMDD.Contracts.Tests.Schemas;

/// <summary>Validates with an independent implementation of JSON Schema 2020-12.</summary>
internal static class SchemaCheck
{
    /// <summary>One result per item, in order.</summary>
    public static async Task<IReadOnlyList<SchemaResult>> RunAsync(
        NodePackages node, IReadOnlyList<(WireDocument Document, JsonNode Data)> items, CancellationToken cancellationToken)
    {
        var request = new
        {
            Schemas = WireDocument.SchemaFolder,
            Items = items.Select(i => new { Schema = i.Document.SchemaUri, i.Data }),
        };
        var results = await node.RunAsync("validate-schemas.cjs", request, cancellationToken);
        return results.Deserialize<List<SchemaResult>>(JsonSerializerOptions.Web)!;
    }
}
