using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Testing;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>The shipped bundle under another name, in memory.</summary>
internal sealed record TestBundle(BundleManifest Manifest, IReadOnlyDictionary<string, byte[]> Files)
{
    public const string Name = "trial";

    public static TestBundle Create(string version = "1.0.0", Func<BundleManifest, BundleManifest>? change = null)
    {
        var folder = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(Path.Combine(folder, "manifest.json"))) with { Name = Name, Version = version };
        return new TestBundle(
            change is null ? manifest : change(manifest),
            manifest.Files.ToDictionary(file => file.Path, file => File.ReadAllBytes(Path.Combine(folder, file.Path)), StringComparer.Ordinal));
    }

    /// <summary>The same with another content of a file.</summary>
    public TestBundle With(string path, byte[] content) => new(
        Manifest with
        {
            Files = [.. Manifest.Files.Select(file => file.Path == path
                ? file with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), SizeBytes = content.Length }
                : file)],
        },
        new Dictionary<string, byte[]>(Files, StringComparer.Ordinal) { [path] = content });
}
