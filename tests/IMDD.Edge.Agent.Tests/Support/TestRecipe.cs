using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Recipes and their envelopes.</summary>
internal static class TestRecipe
{
    /// <summary>One that fails every frame, so that a verdict says by which recipe it was made.</summary>
    public static Recipe FailsAll(string id) => new() { Id = id, ImageThreshold = 0 };

    /// <summary>A signed document.</summary>
    public static byte[] Envelope(Recipe recipe, long counter, TestSigningKey key, DateTimeOffset? expiresAt = null) => Envelope(
        new RecipeDocument
        {
            SchemaVersion = RecipeDocument.CurrentSchemaVersion,
            Recipe = recipe,
            Counter = counter,
            CreatedAt = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
            ExpiresAt = expiresAt,
        },
        key);

    /// <summary>The same of any document.</summary>
    public static byte[] Envelope(RecipeDocument document, TestSigningKey key)
    {
        const string Type = "application/vnd.imdd.recipe+json";
        var body = ImddJson.Serialize(document);
        return ImddJson.Serialize(new DsseEnvelope { PayloadType = Type, Payload = Convert.ToBase64String(body), Signatures = [key.Sign(Type, body)] });
    }
}
