using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>Releases of the shipped graph under another name, with what a test wants to be wrong with them, and hashes that are right.</summary>
internal static class TestRelease
{
    public const string Name = "trial";

    /// <summary>Writes and signs one.</summary>
    public static ModelRelease Write(
        string folder, TestSigningKey key, long counter, Func<BundleManifest, BundleManifest>? change = null, string? file = null, Func<byte[], byte[]>? content = null)
    {
        TestBundle.Write(folder);
        if (file is not null)
        {
            var path = Path.Combine(folder, file);
            File.WriteAllBytes(path, content!(File.Exists(path) ? File.ReadAllBytes(path) : []));
        }

        var manifestPath = Path.Combine(folder, "manifest.json");
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(manifestPath)) with
        {
            Name = Name,
            ReleaseCounter = counter,
            Version = $"1.{counter}.0",
        };
        if (file is not null && manifest.Files.All(f => f.Path != file))
        {
            manifest = manifest with { Files = [.. manifest.Files, new BundleFile(file, "", 0, "application/octet-stream")] };
        }

        manifest = manifest with { Files = [.. manifest.Files.Select(f => f.Path == file ? Hashed(folder, f) : f)] };
        manifest = change is null ? manifest : change(manifest);
        var bytes = ImddJson.Serialize(manifest);
        File.WriteAllBytes(manifestPath, bytes);
        key.SignBundle(folder);
        return new ModelRelease(manifest.Name, manifest.Version, ContentDigest.Of(bytes), manifest.ReleaseCounter);
    }

    /// <summary>The graph with its one constant of this value made another: what stands there is a number of the computation itself.</summary>
    public static byte[] WithConstant(byte[] graph, float value, float other)
    {
        byte[] changed = [.. graph];
        var sought = BitConverter.GetBytes(value);
        for (var at = 0; at <= changed.Length - 4; at++)
        {
            if (changed.AsSpan(at, 4).SequenceEqual(sought))
            {
                BitConverter.GetBytes(other).CopyTo(changed, at);
            }
        }

        changed.ShouldNotBe(graph, $"the graph has no constant {value}");
        return changed;
    }

    private static BundleFile Hashed(string folder, BundleFile file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder, file.Path));
        return file with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), SizeBytes = bytes.Length };
    }
}
