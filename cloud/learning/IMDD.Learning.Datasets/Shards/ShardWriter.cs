using System.Formats.Tar;
using System.Security.Cryptography;
using IMDD.Contracts.Events;
using IMDD.Learning.Datasets.Files;
using IMDD.Learning.Datasets.Samples;

namespace IMDD.Learning.Datasets.Shards;

/// <summary>
/// Packs a data set into WebDataset-style tar files (one key, several extensions), so that training reads long runs instead of many small files.
/// The files are copied as they are; masks in other forms become PNG. The same data gives the same bytes.
/// </summary>
public static class ShardWriter
{
    private static readonly DateTimeOffset FixedTime = DateTimeOffset.UnixEpoch;

    /// <summary>Writes the shards and then, as the sign that they are complete, the manifest.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="folder">Folder to write; created, must not hold a manifest yet.</param>
    /// <param name="shardBytes">A shard is closed when it reaches this size.</param>
    /// <exception cref="DatasetException">The folder holds shards already.</exception>
    public static ShardManifest Write(Dataset dataset, string folder, long shardBytes = 256L << 20)
    {
        Directory.CreateDirectory(folder);
        var manifestPath = Path.Combine(folder, ShardManifest.FileName);
        if (File.Exists(manifestPath))
        {
            throw new DatasetException($"{folder} holds shards already.");
        }

        List<ShardEntry> entries = [];
        SortedDictionary<string, SourceFile> sources = new(StringComparer.Ordinal);
        var next = 0;
        var sample = 0;
        while (sample < dataset.Samples.Count)
        {
            var name = $"shard-{next++:D5}.tar";
            using var stream = new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.Write);
            using (TarWriter tar = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
            {
                while (sample < dataset.Samples.Count && stream.Position < shardBytes)
                {
                    var start = stream.Position;
                    var key = $"{sample:D9}";
                    Write(tar, key, dataset, dataset.Samples[sample], sources);
                    entries.Add(new ShardEntry(key, name, start, stream.Position - start));
                    sample++;
                }
            }

            stream.Flush(flushToDisk: true);
        }

        ShardManifest manifest = new(1, dataset.Key, [.. sources.Values], entries);
        File.WriteAllBytes(manifestPath + ".partial", manifest.Bytes());
        File.Move(manifestPath + ".partial", manifestPath);
        return manifest;
    }

    private static void Write(TarWriter tar, string key, Dataset dataset, DatasetSample sample, SortedDictionary<string, SourceFile> sources)
    {
        Add(tar, $"{key}.{Extension(sample.ImagePath)}", Source(dataset, sample.ImagePath, sources));
        if (sample.ReferencePath is { } reference)
        {
            Add(tar, $"{key}.reference.{Extension(reference)}", Source(dataset, reference, sources));
        }

        if (sample.Mask is { } mask)
        {
            Source(dataset, mask.Path, sources);
            var (width, height, values) = MaskReader.Read(mask);
            Add(tar, $"{key}.mask.png", Imaging.ImageEncoder.EncodeGreyPng(Array.ConvertAll(values, v => v ? (byte)255 : (byte)0), width, height));
        }

        Add(tar, $"{key}.json", ImddJson.Serialize(sample with
        {
            ImagePath = sample.Id,
            ReferencePath = null,
            Mask = null,
        }));
    }

    private static byte[] Source(Dataset dataset, string path, SortedDictionary<string, SourceFile> sources)
    {
        var bytes = File.ReadAllBytes(path);
        var relative = Directory.Exists(dataset.Root) ? Path.GetRelativePath(dataset.Root, path).Replace('\\', '/') : Path.GetFileName(path);
        sources[relative] = new SourceFile(relative, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
        return bytes;
    }

    private static void Add(TarWriter tar, string name, byte[] content)
        => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(content, writable: false),
            ModificationTime = FixedTime,
            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });

    private static string Extension(string path) => Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
}
