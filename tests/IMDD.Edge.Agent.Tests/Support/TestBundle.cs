using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A bundle that did not come with the agent: the shipped one under another name.</summary>
internal static class TestBundle
{
    public static string Shipped => Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");

    /// <summary>Writes it into a folder; an existing one is replaced.</summary>
    public static string Write(string folder, Func<BundleManifest, BundleManifest>? change = null)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in Directory.GetFiles(Shipped, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var path = Path.Combine(folder, "manifest.json");
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(path)) with { Name = "trial" };
        File.WriteAllBytes(path, ImddJson.Serialize(change is null ? manifest : change(manifest)));
        return folder;
    }
}
