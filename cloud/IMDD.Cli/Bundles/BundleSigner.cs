using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Bundles;

/// <summary>Writes a bundle's envelope.</summary>
internal static class BundleSigner
{
    private const string Unfinished = ".part";

    /// <summary>The envelope until it is whole.</summary>
    public const string UnfinishedFile = ModelBundle.EnvelopeFile + Unfinished;

    /// <summary>
    /// Signs a bundle that is whole; the signatures of other keys over the same manifest stay where <paramref name="isAdded"/>, unchecked: whoever adds one need
    /// not have the other keys, and an agent counts only those of keys that it trusts.
    /// </summary>
    /// <param name="directory">Its folder.</param>
    /// <param name="key">What signs.</param>
    /// <param name="isAdded">Keep the signatures of other keys.</param>
    /// <param name="counter">Its place among the releases of its name, which the manifest says from now on; null: as it says.</param>
    /// <exception cref="ModelBundleException">The bundle is not whole, or its folder is called by the digest that another counter would change.</exception>
    public static void Sign(string directory, PrivateKey key, bool isAdded, long? counter = null)
    {
        // Of a signing that was broken off: to the bundle they would be files that are not listed.
        foreach (var file in new[] { ModelBundle.ManifestFile, ModelBundle.EnvelopeFile })
        {
            File.Delete(Path.Combine(directory, file + Unfinished));
        }

        Sign(ModelBundle.Open(directory), key, isAdded, counter);
    }

    /// <summary>The same for one that is open. What is signed is the manifest as it was opened, but for the counter.</summary>
    /// <exception cref="ModelBundleException">The manifest is another by now, or as above.</exception>
    public static void Sign(ModelBundle bundle, PrivateKey key, bool isAdded, long? counter = null)
    {
        var opened = bundle.ReadManifest();
        var manifest = counter is { } number && number != bundle.Manifest.ReleaseCounter ? Renumbered(bundle, number) : opened;
        var payload = Convert.ToBase64String(manifest);
        var envelope = key.Sign(DsseEnvelope.ModelPayloadType, manifest, isAdded && Existing(bundle) is { } existing && existing.Payload == payload ? existing.Signatures : []);
        List<(string Path, byte[] Content)> files = [(bundle.PathOf(ModelBundle.EnvelopeFile), ImddJson.Serialize(envelope))];
        if (manifest != opened)
        {
            files.Insert(0, (bundle.PathOf(ModelBundle.ManifestFile), manifest));
        }

        try
        {
            // All that a full disk can stop comes before the first of them is replaced.
            files.ForEach(file => File.WriteAllBytes(file.Path + Unfinished, file.Content));
            files.ForEach(file => File.Move(file.Path + Unfinished, file.Path, overwrite: true));
        }
        finally
        {
            files.ForEach(file => File.Delete(file.Path + Unfinished));
        }
    }

    /// <summary>The bundle's envelope, unchecked, or null.</summary>
    public static DsseEnvelope? Existing(ModelBundle bundle)
        => File.Exists(bundle.PathOf(ModelBundle.EnvelopeFile)) ? ImddJson.Deserialize<DsseEnvelope>(File.ReadAllBytes(bundle.PathOf(ModelBundle.EnvelopeFile))) : null;

    private static byte[] Renumbered(ModelBundle bundle, long counter)
        => Path.GetFileName(bundle.Directory).StartsWith(ModelBundle.AddressPrefix, StringComparison.Ordinal)
            ? throw new ModelBundleException("Another counter is another digest, and its folder is called by the one it has: expected a copy in a folder of another name.")
            : ImddJson.Serialize(bundle.Manifest with { ReleaseCounter = counter });
}
