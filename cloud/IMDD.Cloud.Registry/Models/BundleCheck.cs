using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Storage;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Models;

/// <summary>Whether what is to be released is a bundle, and runs. What an agent would refuse is better refused here.</summary>
internal sealed class BundleCheck(IBlobStore blobs, IOptions<RegistryOptions> options)
{
    /// <summary>Bytes of its files.</summary>
    /// <exception cref="RegistryException">A file is not there, or the bundle is not whole, or it does not run.</exception>
    public async Task<long> CheckAsync(BundleManifest manifest, CancellationToken cancellationToken)
    {
        var size = await SizeAsync(manifest, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("imdd-registry-");
        try
        {
            // Before a path of it is written to.
            BundleManifestRules.Check(manifest);
            foreach (var file in manifest.Files)
            {
                var path = Path.Combine(folder.FullName, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await CopyAsync(file, path, cancellationToken);
            }

            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, ModelBundle.ManifestFile), ImddJson.Serialize(manifest), cancellationToken);
            await Task.Run(() => Open(folder.FullName), cancellationToken);
        }
        catch (Exception e) when (e is ModelBundleException or SegmenterException)
        {
            throw RegistryException.Invalid(e.Message.Replace(folder.FullName, manifest.Name, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return size;
    }

    private async Task<long> SizeAsync(BundleManifest manifest, CancellationToken cancellationToken)
    {
        long size = 0;
        foreach (var file in manifest.Files)
        {
            var digest = DigestOf(file);
            var blob = await blobs.FindAsync(digest, cancellationToken)
                ?? throw RegistryException.Invalid($"File '{file.Path}' ({digest}) has not been stored: PUT it first.");
            if (blob.SizeBytes != file.SizeBytes || blob.SizeBytes > options.Value.MaxFileBytes)
            {
                throw RegistryException.Invalid(
                    $"File '{file.Path}' has {blob.SizeBytes} bytes: expected {file.SizeBytes}, as the manifest says, and at most {options.Value.MaxFileBytes}.");
            }

            size += blob.SizeBytes;
        }

        return size <= options.Value.MaxBundleBytes
            ? size
            : throw RegistryException.Invalid($"The bundle has {size} bytes: expected at most {options.Value.MaxBundleBytes}.");
    }

    private static string DigestOf(BundleFile file)
    {
        var digest = "sha256:" + file.Sha256;
        return ContentDigest.IsValid(digest)
            ? digest
            : throw RegistryException.Invalid($"File '{file.Path}' has sha256 '{file.Sha256}': expected 64 lower-case hex digits.");
    }

    private async Task CopyAsync(BundleFile file, string path, CancellationToken cancellationToken)
    {
        await using var source = await blobs.OpenAsync(DigestOf(file), cancellationToken)
            ?? throw RegistryException.Invalid($"File '{file.Path}' is gone.");
        await using var target = File.Create(path);
        await source.CopyToAsync(target, cancellationToken);
    }

    private void Open(string folder)
    {
        var bundle = ModelBundle.Open(folder);
        if (options.Value.RunProbes)
        {
            SegmenterFactory.Create(bundle, new SegmenterOptions { MaxBatch = 1, Threads = 1 }).Dispose();
        }
    }
}
