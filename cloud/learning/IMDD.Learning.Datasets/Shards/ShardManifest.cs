using System.Text.Json;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Events;

namespace IMDD.Learning.Datasets.Shards;

/// <summary>What a set of shards was made from. The data set's version is the digest of this document.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Dataset">Key of the reader.</param>
/// <param name="Sources">Every source file, in ordinal order.</param>
/// <param name="Entries">Every sample, in the order of the shards.</param>
public sealed record ShardManifest(int SchemaVersion, string Dataset, IReadOnlyList<SourceFile> Sources, IReadOnlyList<ShardEntry> Entries)
{
    /// <summary>Name of the manifest beside the shards.</summary>
    public const string FileName = "shards.json";

    private const long MaxBytes = 1L << 30;

    /// <summary>The data set's version.</summary>
    public string Version() => ContentDigest.Of(Bytes());

    /// <summary>The document.</summary>
    public byte[] Bytes() => ImddJson.Serialize(this);

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="DatasetException">There is none, or it is not valid.</exception>
    public static ShardManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists || info.Length > MaxBytes)
            {
                throw new DatasetException($"{path} is missing or above {MaxBytes} bytes.");
            }

            var manifest = ImddJson.Deserialize<ShardManifest>(File.ReadAllBytes(path));
            return manifest.SchemaVersion != 1 ? throw new DatasetException($"{path} has schema version {manifest.SchemaVersion}: expected 1.")
                : manifest.Entries.Any(e => Path.GetFileName(e.Shard) != e.Shard || e.Offset < 0 || e.Length <= 0)
                    ? throw new DatasetException($"{path} names a shard outside of its folder or an impossible range.")
                    : manifest;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new DatasetException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
