using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Signing;

namespace IMDD.Inference.Recipes;

/// <summary>A recipe document out of its envelope, checked for everything that needs no memory.</summary>
/// <param name="Document">What it says; its recipe keeps <see cref="RecipeRules"/>.</param>
/// <param name="Digest"><see cref="RecipeDigest"/> of its recipe.</param>
/// <param name="SignedBy">Ids of the trusted keys that signed it; null where it was taken without.</param>
public sealed record SignedRecipe(RecipeDocument Document, string Digest, string? SignedBy)
{
    /// <summary>Largest document that is signed, bytes.</summary>
    public const int MaxDocumentBytes = 1 << 20;

    /// <summary>Largest envelope that is read, bytes: such a document in base64, and room for the rest.</summary>
    public const int MaxEnvelopeBytes = 3 << 19;

    /// <summary>Reads an envelope.</summary>
    /// <param name="envelope">Its bytes.</param>
    /// <param name="keys">Keys of which as many as they ask for must have signed.</param>
    /// <param name="allowUnsigned">True: where no key is trusted, whoever signed it will do.</param>
    /// <exception cref="RecipeException">It is not to be trusted, or breaks its rules.</exception>
    public static SignedRecipe Read(ReadOnlySpan<byte> envelope, TrustedKeys keys, bool allowUnsigned)
    {
        var (signed, payload) = Open(envelope);
        var signers = SignersOf(signed, payload, keys);
        var isSigned = !keys.IsEmpty && signers.Count >= keys.Threshold;
        if (!isSigned && !(allowUnsigned && keys.IsEmpty))
        {
            throw Refused(signed, signers, keys);
        }

        var document = Parse(payload);
        return new SignedRecipe(document, RecipeDigest.Of(document.Recipe), isSigned ? string.Join(", ", signers) : null);
    }

    /// <summary>Reads the envelope of a recipe that has been accepted before, whoever is trusted by now.</summary>
    /// <param name="envelope">Its bytes.</param>
    /// <param name="digest">What was accepted.</param>
    /// <exception cref="RecipeException">It is another, or breaks its rules.</exception>
    public static SignedRecipe ReadProven(ReadOnlySpan<byte> envelope, string digest)
    {
        var document = Parse(Open(envelope).Payload);
        SignedRecipe recipe = new(document, RecipeDigest.Of(document.Recipe), SignedBy: null);
        recipe.CheckIs(digest);
        return recipe;
    }

    /// <exception cref="RecipeException">It is another.</exception>
    public void CheckIs(string digest)
    {
        if (Digest != digest)
        {
            throw new RecipeException(RecipeFault.Digest, $"The recipe '{Document.Recipe.Id}' has digest {Digest}: expected {digest}.");
        }
    }

    /// <summary>Everything that is wrong with a recipe that is to be signed; empty: nothing.</summary>
    public static IReadOnlyList<string> Faults(RecipeDocument document)
    {
        List<string> faults = [.. RecipeRules.Faults(document.Recipe)];
        if (document.Recipe.Id is { } id && RecipeId.NameOf(id) == RecipeId.NameOf(RecipeId.BundleDefaults))
        {
            faults.Add($"{nameof(Recipe.Id)}: '{id}' is what stations without a recipe go by");
        }

        if (document.SchemaVersion != RecipeDocument.CurrentSchemaVersion)
        {
            faults.Add($"{nameof(RecipeDocument.SchemaVersion)}: is {document.SchemaVersion}, expected {RecipeDocument.CurrentSchemaVersion}");
        }

        if (document.Counter < 1)
        {
            faults.Add($"{nameof(RecipeDocument.Counter)}: is {document.Counter}, expected 1 or more");
        }

        return faults;
    }

    private static RecipeDocument Parse(byte[] payload)
    {
        try
        {
            var document = ImddJson.Deserialize<RecipeDocument>(payload);
            return Faults(document) is { Count: > 0 } faults
                ? throw new RecipeException(RecipeFault.Malformed, $"The recipe breaks its rules: {string.Join("; ", faults)}.")
                : document;
        }
        catch (JsonException e)
        {
            throw new RecipeException(RecipeFault.Malformed, $"What is signed is no recipe document: {e.Message}", e);
        }
    }

    private static (DsseEnvelope Envelope, byte[] Payload) Open(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > MaxEnvelopeBytes)
        {
            throw new RecipeException(RecipeFault.Signature, $"The recipe's envelope has {envelope.Length} bytes: expected at most {MaxEnvelopeBytes}.");
        }

        try
        {
            return DsseReader.Read(envelope, DsseEnvelope.RecipePayloadType);
        }
        catch (FormatException e)
        {
            throw new RecipeException(RecipeFault.Signature, $"The recipe's envelope {e.Message}", e);
        }
    }

    private static IReadOnlyList<string> SignersOf(DsseEnvelope envelope, byte[] payload, TrustedKeys keys)
    {
        try
        {
            return keys.SignersOf(envelope, payload);
        }
        catch (FormatException e)
        {
            throw new RecipeException(RecipeFault.Signature, $"The recipe's envelope {e.Message}", e);
        }
    }

    private static RecipeException Refused(DsseEnvelope envelope, IReadOnlyList<string> signers, TrustedKeys keys) => new(
        RecipeFault.Signature,
        keys.IsEmpty
            ? "No key is trusted, so that no recipe can be: name one."
            : $"The recipe's envelope has {(signers.Count == 0 ? "no good signature" : $"{signers.Count} good signatures of {keys.Threshold}")}: "
                + $"signed by {string.Join(", ", envelope.Signatures.Select(s => s.KeyId ?? "a key without id"))}, trusted are {string.Join(", ", keys.Ids)}.");
}
