namespace IMDD.Contracts.Models;

/// <summary>What is signed and by whom, <c>manifest.dsse</c>, <c>recipe.dsse</c> and <c>root-N.dsse</c>: a Dead Simple Signing Envelope 1.0, https://github.com/secure-systems-lab/dsse/blob/master/envelope.md.</summary>
public sealed record DsseEnvelope
{
    /// <summary>Payload type of a bundle's manifest.</summary>
    public const string ModelPayloadType = "application/vnd.imdd.model+json";

    /// <summary>Payload type of a root document.</summary>
    public const string RootPayloadType = "application/vnd.imdd.root+json";

    /// <summary>Payload type of a recipe document.</summary>
    public const string RecipePayloadType = "application/vnd.imdd.recipe+json";

    public required string PayloadType { get; init; }

    /// <summary>Base64 of the signed bytes, standard alphabet, padded.</summary>
    public required string Payload { get; init; }

    public required IReadOnlyList<DsseSignature> Signatures { get; init; }
}
