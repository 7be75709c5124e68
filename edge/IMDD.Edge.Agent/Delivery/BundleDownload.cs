using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Groups;
using IMDD.Edge.Agent.Inspection;
using IMDD.Inference.Bundles;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// Fetches a bundle: its signed manifest first, which is believed or not before anything else is asked for; then each file to a part, which gets
/// its name only once it is whole. What is there from before, or in a slot of any group of cameras, is not fetched again.
/// </summary>
internal sealed class BundleDownload(
    RegistryClient registry, RootUpdate roots, CameraGroups groups, BundleOpener opener, DeliveryOptions options, CrashPoints crashPoints, TimeProvider time)
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    /// <summary>Room that must be left on the disk beside the bundle: the outcome store goes first.</summary>
    private const long SpareBytes = 64L << 20;

    /// <summary>Fetches a release into <see cref="SlotStore.Incoming"/>.</summary>
    /// <param name="slots">Of the group of cameras that it is for.</param>
    /// <param name="wanted">What is desired.</param>
    /// <param name="progress">Called with the bytes that are there, and all.</param>
    /// <param name="cancellationToken">Ends it; what has come stays.</param>
    /// <exception cref="DeliveryException">It is not taken.</exception>
    /// <exception cref="ModelBundleException">It is not to be trusted.</exception>
    /// <exception cref="HttpRequestException">The registry is away.</exception>
    /// <exception cref="IOException">The disk is.</exception>
    public async Task FetchAsync(SlotStore slots, ModelRelease wanted, Action<long, long> progress, CancellationToken cancellationToken)
    {
        slots.Tidy(wanted.Digest);
        await roots.FollowAsync(cancellationToken);
        var envelope = await registry.EnvelopeAsync(wanted.Digest, SignedManifest.MaxEnvelopeBytes, cancellationToken);
        var signed = SignedManifest.Read(envelope, opener.Trust());
        if (signed.Digest != wanted.Digest)
        {
            throw new DeliveryException(RolloutReason.DigestMismatch, $"The registry's manifest has digest {signed.Digest}: expected {wanted.Digest}.");
        }

        opener.Check(signed.Manifest, signed.Digest, signed.SignedBy, time.GetUtcNow());
        var total = signed.Manifest.Files.Sum(file => file.SizeBytes);
        CheckRoom(slots.Root, total);
        crashPoints.Pass(CrashPoint.AfterEnvelope);
        var folder = slots.Incoming(wanted.Digest);
        var parts = slots.Parts(wanted.Digest);
        Directory.CreateDirectory(parts);
        RemoveUnlisted(folder, signed.Manifest);
        long done = 0;
        foreach (var file in signed.Manifest.Files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!IsWhole(path, file) && !TryCopy(path, file))
            {
                await FetchFileAsync(file, Path.Combine(parts, file.Sha256), path, read => progress(done + read, total), cancellationToken);
            }

            done += file.SizeBytes;
            progress(done, total);
            crashPoints.Pass(CrashPoint.AfterFile);
        }

        Place(Path.Combine(folder, ModelBundle.ManifestFile), signed.Bytes.Span);
        Place(Path.Combine(folder, ModelBundle.EnvelopeFile), envelope);
        Directory.Delete(parts, recursive: true);
    }

    private void CheckRoom(string root, long total)
    {
        if (total > options.MaxBundleBytes)
        {
            throw new DeliveryException(
                RolloutReason.StorageFull, $"The bundle has {total} bytes: this agent takes at most {options.MaxBundleBytes} ({DeliveryOptions.Section}:{nameof(options.MaxBundleBytes)}).");
        }

        if (FreeBytes(root) is { } free && free < total + SpareBytes)
        {
            throw new DeliveryException(RolloutReason.StorageFull, $"The bundle has {total} bytes and the disk {free} free: expected {SpareBytes} to be left.");
        }
    }

    /// <summary>Of the file system that the folder is on, which need not be the root's.</summary>
    private static long? FreeBytes(string folder)
        => DriveInfo.GetDrives().Where(drive => drive.IsReady && folder.StartsWith(drive.RootDirectory.FullName, StringComparison.Ordinal))
            .MaxBy(drive => drive.RootDirectory.FullName.Length)?.AvailableFreeSpace;

    private async Task FetchFileAsync(BundleFile file, string part, string path, Action<long> progress, CancellationToken cancellationToken)
    {
        var digest = ContentDigest.Prefix + file.Sha256;
        var wasBegun = File.Exists(part);
        await using (FileStream stream = new(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))
        {
            if (stream.Length > file.SizeBytes)
            {
                stream.SetLength(0);
            }

            if (stream.Length < file.SizeBytes || file.SizeBytes == 0)
            {
                await registry.FetchAsync(digest, stream, file.SizeBytes, _ => progress(stream.Position), cancellationToken);
            }

            stream.Flush(flushToDisk: true);
        }

        if (IsWhole(part, file))
        {
            File.Move(part, path, overwrite: true);
            return;
        }

        File.Delete(part);
        if (!wasBegun)
        {
            throw new DeliveryException(RolloutReason.DigestMismatch, $"'{file.Path}' as the registry sent it is not what the manifest says ({digest}).");
        }

        // What was there from before may have been torn: once more, from the beginning.
        await FetchFileAsync(file, part, path, progress, cancellationToken);
    }

    /// <summary>A release that shares files with one in a slot, such as a new word with the same weights, gets them from there.</summary>
    private bool TryCopy(string path, BundleFile file)
    {
        foreach (var source in groups.All.SelectMany(group => Delivered(group.Slots)).Select(folder => new FileInfo(Path.Combine(folder, file.Path))))
        {
            if (source.Exists && source.Length == file.SizeBytes && TryCopy(source.FullName, path) && IsWhole(path, file))
            {
                return true;
            }

            File.Delete(path);
        }

        return false;
    }

    private static IEnumerable<string> Delivered(SlotStore slots)
        => slots.State is { } state ? state.Slots.Where(slot => !slot.Value.IsConfigured).Select(slot => slots.FolderOf(slot.Key, slot.Value.Model.Digest)) : [];

    private static bool TryCopy(string source, string path)
    {
        try
        {
            File.Copy(source, path, overwrite: true);
            Sync(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another group's slot was emptied meanwhile.
            return false;
        }
    }

    private static bool IsWhole(string path, BundleFile file)
    {
        FileInfo info = new(path);
        if (!info.Exists || info.Length != file.SizeBytes)
        {
            return false;
        }

        using var stream = info.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == file.Sha256;
    }

    private static void RemoveUnlisted(string folder, BundleManifest manifest)
    {
        Directory.CreateDirectory(folder);
        var listed = manifest.Files.Select(file => Path.Combine(folder, file.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", Everything).Where(file => !listed.Contains(file)).ToList())
        {
            File.Delete(file);
        }
    }

    private static void Place(string path, ReadOnlySpan<byte> bytes)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private static void Sync(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write);
        stream.Flush(flushToDisk: true);
    }
}
