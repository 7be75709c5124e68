using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Inference.Bundles;
using IMDD.Learning.Onnx.Contrast;
using IMDD.Testing;

namespace IMDD.Inference.Tests;

/// <summary>The contrast bundle in a directory of its own, to be altered.</summary>
internal sealed class BundleFolder : IDisposable
{
    private readonly TestDirectory _directory = new();

    public BundleFolder() => ContrastBundle.Write(Path);

    public string Path => _directory.File("bundle");

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public BundleManifest ReadManifest() => ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(FileOf(ModelBundle.ManifestFile)));

    public void WriteManifest(BundleManifest manifest) => File.WriteAllBytes(FileOf(ModelBundle.ManifestFile), ImddJson.Serialize(manifest));

    /// <summary>Replaces a file and states it rightly in the manifest, as its maker would.</summary>
    public void Replace(string name, byte[] content)
    {
        File.WriteAllBytes(FileOf(name), content);
        var manifest = ReadManifest();
        WriteManifest(manifest with
        {
            Files = [.. manifest.Files.Select(file => file.Path == name
                ? file with { SizeBytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) }
                : file)],
        });
    }

    /// <summary>Adds a file, or replaces it.</summary>
    public void Add(string name, byte[] content)
    {
        var manifest = ReadManifest();
        if (manifest.Files.All(file => file.Path != name))
        {
            WriteManifest(manifest with { Files = [.. manifest.Files, new BundleFile(name, "", 0, "application/octet-stream")] });
        }

        Replace(name, content);
    }

    public void Dispose() => _directory.Dispose();
}
