using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Bundles;

/// <summary>Writes a bundle's envelope.</summary>
internal static class BundleSigner
{
    /// <summary>Signs a bundle that is whole; the signatures of other keys over the same manifest stay where <paramref name="isAdded"/>.</summary>
    /// <exception cref="ModelBundleException">The bundle is not whole.</exception>
    public static void Sign(string directory, PrivateKey key, bool isAdded)
    {
        var bundle = ModelBundle.Open(directory);
        var manifest = File.ReadAllBytes(bundle.PathOf(ModelBundle.ManifestFile));
        var payload = Convert.ToBase64String(manifest);
        var envelope = key.Sign(DsseEnvelope.ModelPayloadType, manifest, isAdded && Existing(bundle) is { } existing && existing.Payload == payload ? existing.Signatures : []);
        var file = bundle.PathOf(ModelBundle.EnvelopeFile);
        File.WriteAllBytes(file + ".part", ImddJson.Serialize(envelope));
        File.Move(file + ".part", file, overwrite: true);
    }

    /// <summary>The bundle's envelope, unchecked, or null.</summary>
    public static DsseEnvelope? Existing(ModelBundle bundle)
        => File.Exists(bundle.PathOf(ModelBundle.EnvelopeFile)) ? ImddJson.Deserialize<DsseEnvelope>(File.ReadAllBytes(bundle.PathOf(ModelBundle.EnvelopeFile))) : null;
}
