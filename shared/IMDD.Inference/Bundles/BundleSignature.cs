using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference.Signing;

namespace IMDD.Inference.Bundles;

/// <summary>Decides by <c>manifest.dsse</c> whether a manifest's bytes may be read at all.</summary>
internal static class BundleSignature
{
    /// <summary>A manifest of the largest size in base64, and room for the rest.</summary>
    public const int MaxEnvelopeBytes = 2 << 20;

    /// <summary>Ids of the trusted keys that signed the manifest; null where it is taken without.</summary>
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

        var (parsed, payload) = Parse(envelope);
        if (!manifest.SequenceEqual(payload))
        {
            throw Refused(
                $"{ModelBundle.EnvelopeFile} signs a manifest of digest {ContentDigest.Of(payload)}; {ModelBundle.ManifestFile} has {digest}.");
        }

        var signers = Guard(() => trust.Keys.SignersOf(parsed, payload));
        return signers.Count >= trust.Keys.Threshold
            ? string.Join(", ", signers)
            : throw Refused(
                $"{ModelBundle.EnvelopeFile} has {(signers.Count == 0 ? "no good signature" : $"{signers.Count} good signatures of {trust.Keys.Threshold}")} over {digest}: "
                + $"signed by {string.Join(", ", parsed.Signatures.Select(s => s.KeyId ?? "a key without id"))}, trusted are {Names(trust.Keys)}.");
    }

    /// <summary>The manifest that an envelope holds, whoever signed it.</summary>
    /// <exception cref="ModelBundleException">It is no envelope.</exception>
    public static byte[] PayloadOf(byte[] envelope) => Parse(envelope).Payload;

    private static (DsseEnvelope Envelope, byte[] Payload) Parse(byte[] bytes) => Guard(() => DsseReader.Read(bytes, DsseEnvelope.ModelPayloadType));

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw Refused($"{ModelBundle.EnvelopeFile} {e.Message}", e);
        }
    }

    private static ModelBundleException Refused(string message, Exception? inner = null) => new(message, inner, BundleFault.Signature);

    private static string Names(TrustedKeys keys) => string.Join(", ", keys.Ids);
}
