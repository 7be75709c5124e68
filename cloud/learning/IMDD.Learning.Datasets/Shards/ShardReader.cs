using System.Formats.Tar;

namespace IMDD.Learning.Datasets.Shards;

/// <summary>
/// Reads shards in a shuffled order that is a function of seed, epoch, rank and position alone: shards are shared out by rank and worker, read in
/// long runs, and mixed in a buffer. A run resumes in the middle by skipping to a position without reading what came before.
/// </summary>
public sealed class ShardReader
{
    private const long MaxSampleBytes = 1L << 30;

    private readonly string _folder;
    private readonly ShardManifest _manifest;

    /// <summary>Opens a folder of shards.</summary>
    /// <exception cref="DatasetException">No valid manifest.</exception>
    public ShardReader(string folder) => (_folder, _manifest) = (folder, ShardManifest.Read(folder));

    /// <summary>What the shards were made from.</summary>
    public ShardManifest Manifest => _manifest;

    /// <summary>The order of one epoch for one rank and worker: every sample of its shards once.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="seed">Recorded with the run.</param>
    /// <param name="buffer">Samples mixed at a time; 1 keeps the order of the shards.</param>
    /// <param name="rank">This reader, rank × workers + worker.</param>
    /// <param name="readers">All readers, ranks × workers.</param>
    public IReadOnlyList<ShardEntry> Order(int epoch, int seed, int buffer, int rank = 0, int readers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readers, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, readers);
        var shards = _manifest.Entries.GroupBy(e => e.Shard, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToList()).ToArray();
        new Random(HashCode(seed, epoch, 0)).Shuffle(shards);

        // Fewer shards than readers: then samples are dealt instead, so that nobody is idle.
        var own = shards.Length >= readers
            ? shards.Where((_, i) => i % readers == rank).SelectMany(s => s).ToList()
            : [.. shards.SelectMany(s => s).Where((_, i) => i % readers == rank)];
        return Mix(own, buffer, new Random(HashCode(seed, epoch, rank + 1)));
    }

    /// <summary>Reads samples from a position of the order on.</summary>
    public IEnumerable<ShardSample> Read(IReadOnlyList<ShardEntry> order, int from = 0)
    {
        Dictionary<string, FileStream> open = new(StringComparer.Ordinal);
        try
        {
            for (var i = from; i < order.Count; i++)
            {
                var entry = order[i];
                if (!open.TryGetValue(entry.Shard, out var stream))
                {
                    stream = new FileStream(Path.Combine(_folder, entry.Shard), FileMode.Open, FileAccess.Read, FileShare.Read);
                    open.Add(entry.Shard, stream);
                }

                yield return Read(stream, entry);
            }
        }
        finally
        {
            foreach (var stream in open.Values)
            {
                stream.Dispose();
            }
        }
    }

    private static ShardSample Read(FileStream stream, ShardEntry entry)
    {
        if (entry.Length > MaxSampleBytes || entry.Offset + entry.Length > stream.Length)
        {
            throw new DatasetException($"{entry.Shard} is shorter than its manifest says, or sample {entry.Key} is above {MaxSampleBytes} bytes.");
        }

        var bytes = new byte[entry.Length];
        stream.Position = entry.Offset;
        stream.ReadExactly(bytes);
        try
        {
            Dictionary<string, ReadOnlyMemory<byte>> files = new(StringComparer.Ordinal);
            using TarReader tar = new(new MemoryStream(bytes, writable: false));
            while (tar.GetNextEntry() is { } file)
            {
                if (!file.Name.StartsWith(entry.Key + ".", StringComparison.Ordinal) || file.DataStream is null)
                {
                    throw new DatasetException($"{entry.Shard} has '{file.Name}' where sample {entry.Key} was expected.");
                }

                var content = new byte[file.Length];
                file.DataStream.ReadExactly(content);
                files[file.Name[(entry.Key.Length + 1)..]] = content;
            }

            return new ShardSample(entry.Key, files);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new DatasetException($"{entry.Shard} is damaged at sample {entry.Key}: {e.Message}", e);
        }
    }

    private static List<ShardEntry> Mix(List<ShardEntry> entries, int buffer, Random random)
    {
        List<ShardEntry> held = [];
        List<ShardEntry> mixed = new(entries.Count);
        foreach (var entry in entries)
        {
            if (held.Count < buffer)
            {
                held.Add(entry);
            }
            else
            {
                var at = random.Next(buffer);
                mixed.Add(held[at]);
                held[at] = entry;
            }
        }

        var rest = held.ToArray();
        if (buffer > 1)
        {
            random.Shuffle(rest);
        }

        mixed.AddRange(rest);
        return mixed;
    }

    /// <summary>Stable across processes, unlike <see cref="System.HashCode"/>.</summary>
    private static int HashCode(int seed, int epoch, int stream) => unchecked((seed * 397 ^ epoch) * 7919 ^ stream);
}
