using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Bundles;

/// <summary>Writes a bundle's envelope.</summary>
internal static class BundleSigner
{
    /// <summary>Signs a bundle that is whole; the signatures of other keys over the same manifest stay where <paramref name="isAdded"/>.</summary>
    /// <returns>The key's id.</returns>
    /// <exception cref="ModelBundleException">The bundle is not whole.</exception>
    public static string Sign(string directory, ECDsa key, bool isAdded)
    {
        var bundle = ModelBundle.Open(directory);
        var manifest = File.ReadAllBytes(bundle.PathOf(ModelBundle.ManifestFile));
        var id = TrustedKey.IdOf(key.ExportSubjectPublicKeyInfo());
        var signature = key.SignData(
            PreAuthenticationEncoding.Of(DsseEnvelope.ModelPayloadType, manifest), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var payload = Convert.ToBase64String(manifest);
        DsseEnvelope envelope = new()
        {
            PayloadType = DsseEnvelope.ModelPayloadType,
            Payload = payload,
            Signatures =
            [
                .. isAdded && Existing(bundle) is { } existing && existing.Payload == payload ? existing.Signatures.Where(s => s.KeyId != id) : [],
                new DsseSignature { KeyId = id, Sig = Convert.ToBase64String(signature) },
            ],
        };
        var file = bundle.PathOf(ModelBundle.EnvelopeFile);
        File.WriteAllBytes(file + ".part", ImddJson.Serialize(envelope));
        File.Move(file + ".part", file, overwrite: true);
        return id;
    }

    /// <summary>The bundle's envelope, unchecked, or null.</summary>
    public static DsseEnvelope? Existing(ModelBundle bundle)
        => File.Exists(bundle.PathOf(ModelBundle.EnvelopeFile)) ? ImddJson.Deserialize<DsseEnvelope>(File.ReadAllBytes(bundle.PathOf(ModelBundle.EnvelopeFile))) : null;
}
