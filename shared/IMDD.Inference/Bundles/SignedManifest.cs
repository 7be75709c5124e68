using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;

namespace IMDD.Inference.Bundles;

/// <summary>A manifest out of its envelope, checked before anything else of the bundle is fetched.</summary>
/// <param name="Manifest">What it says.</param>
/// <param name="Bytes">As it was signed.</param>
/// <param name="Digest">Digest of these bytes: the release.</param>
/// <param name="SignedBy">Id of the trusted key that signed it; null where it was taken without.</param>
public sealed record SignedManifest(BundleManifest Manifest, ReadOnlyMemory<byte> Bytes, string Digest, string? SignedBy)
{
    /// <summary>Largest envelope that is read, bytes.</summary>
    public const int MaxEnvelopeBytes = BundleSignature.MaxEnvelopeBytes;

    /// <summary>Reads an envelope.</summary>
    /// <exception cref="ModelBundleException">It is not to be trusted, or the manifest breaks its rules.</exception>
    public static SignedManifest Read(byte[] envelope, BundleTrust trust)
    {
        var bytes = BundleSignature.PayloadOf(envelope);
        var signedBy = BundleSignature.Verify(bytes, envelope, trust);
        var manifest = ModelBundle.ParseManifest(bytes);
        BundleManifestRules.Check(manifest);
        return new SignedManifest(manifest, bytes, ContentDigest.Of(bytes), signedBy);
    }
}
