using IMDD.Contracts.Models;

namespace IMDD.Inference.Bundles;

/// <summary>What a manifest says of the files beside it.</summary>
/// <param name="Files">All of them, by path.</param>
/// <param name="ProbesDigest">Digest of the probes' index; null where there is none.</param>
public sealed record BundleContents(IReadOnlyList<BundleFile> Files, string? ProbesDigest);
