namespace IMDD.Inference.Bundles;

/// <summary>The probes of a bundle; the manifest has the digest of this file.</summary>
public sealed record BundleProbeIndex(IReadOnlyList<BundleProbe> Probes)
{
    /// <summary>Where it stands in a bundle.</summary>
    public const string Path = "probes/index.json";
}
