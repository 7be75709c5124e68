using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Signing;

namespace IMDD.Inference.Bundles;

/// <summary>Decides by <c>manifest.dsse</c> whether a manifest's bytes may be read at all.</summary>
internal static class BundleSignature
{
    /// <summary>A manifest of the largest size in base64, and room for the rest.</summary>
    public const int MaxEnvelopeBytes = 2 << 20;

    private const int MaxSignatures = 16;

    /// <summary>Id of the trusted key that signed the manifest; null where it is taken without.</summary>
    /// <param name="manifest">Bytes of <c>manifest.json</c>.</param>
    /// <param name="envelope">Bytes of <c>manifest.dsse</c>; null: there is none.</param>
    /// <param name="trust">Whose bundles are taken.</param>
    /// <exception cref="ModelBundleException">It is not to be trusted; the message says why.</exception>
    public static string? Verify(ReadOnlySpan<byte> manifest, byte[]? envelope, BundleTrust trust)
    {
        var digest = ContentDigest.Of(manifest);
        var isTakenAnyway = trust.AllowUnsigned || trust.KnownDigests.Contains(digest);
        if (envelope is null || trust.Keys.IsEmpty)
        {
            return isTakenAnyway
                ? null
                : throw Refused(trust.Keys.IsEmpty
                    ? $"{ModelBundle.ManifestFile} ({digest}) is not a bundle this program came with, and no key is trusted: name one, or allow unsigned bundles."
                    : $"{ModelBundle.ManifestFile} ({digest}) is not signed: expected {ModelBundle.EnvelopeFile} by one of {Names(trust.Keys)}.");
        }

        return Verify(manifest, digest, Parse(envelope), trust.Keys);
    }

    /// <summary>The manifest that an envelope holds, whoever signed it.</summary>
    /// <exception cref="ModelBundleException">It is no envelope.</exception>
    public static byte[] PayloadOf(byte[] envelope) => Decode(Parse(envelope).Payload, "payload");

    private static string Verify(ReadOnlySpan<byte> manifest, string digest, DsseEnvelope envelope, TrustedKeys keys)
    {
        if (envelope.PayloadType != DsseEnvelope.ModelPayloadType)
        {
            throw Refused($"{ModelBundle.EnvelopeFile} is of type '{envelope.PayloadType}': expected '{DsseEnvelope.ModelPayloadType}'.");
        }

        var payload = Decode(envelope.Payload, "payload");
        if (!manifest.SequenceEqual(payload))
        {
            throw Refused(
                $"{ModelBundle.EnvelopeFile} signs a manifest of digest {ContentDigest.Of(payload)}; {ModelBundle.ManifestFile} has {digest}.");
        }

        if (envelope.Signatures.Count is 0 or > MaxSignatures)
        {
            throw Refused($"{ModelBundle.EnvelopeFile} has {envelope.Signatures.Count} signatures: expected 1 to {MaxSignatures}.");
        }

        var signed = PreAuthenticationEncoding.Of(envelope.PayloadType, payload);
        foreach (var signature in envelope.Signatures)
        {
            var bytes = Decode(signature.Sig, "sig");
            if (keys.For(signature.KeyId).FirstOrDefault(key => key.Verifies(signed, bytes)) is { } key)
            {
                return key.Id;
            }
        }

        throw Refused(
            $"{ModelBundle.EnvelopeFile} has no good signature over {digest}: signed by {string.Join(", ", envelope.Signatures.Select(s => s.KeyId ?? "a key without id"))}, "
            + $"trusted are {Names(keys)}.");
    }

    private static DsseEnvelope Parse(byte[] bytes)
    {
        DsseEnvelope envelope;
        try
        {
            envelope = ImddJson.Deserialize<DsseEnvelope>(bytes);
        }
        catch (JsonException e)
        {
            throw Refused($"{ModelBundle.EnvelopeFile} is not a DSSE envelope: {e.Message}", e);
        }

        // One way to write it: a byte that means nothing could be changed unseen.
        return ImddJson.Serialize(envelope).AsSpan().SequenceEqual(bytes)
            ? envelope
            : throw Refused($"{ModelBundle.EnvelopeFile} is not in its one form: expected JSON without blanks, unknown fields or escapes that need not be.");
    }

    private static byte[] Decode(string base64, string field)
    {
        try
        {
            var bytes = Convert.FromBase64String(base64);
            return Convert.ToBase64String(bytes) == base64 ? bytes : throw new FormatException("not in its one form");
        }
        catch (FormatException e)
        {
            throw Refused($"{ModelBundle.EnvelopeFile} has a '{field}' that is not base64: {e.Message}", e);
        }
    }

    private static ModelBundleException Refused(string message, Exception? inner = null) => new(message, inner, BundleFault.Signature);

    private static string Names(TrustedKeys keys) => string.Join(", ", keys.Ids);
}
