namespace IMDD.Cli.Bench;

/// <summary>How fast pictures and shards are read on this machine.</summary>
internal sealed record DataBenchResult
{
    public required int Pictures { get; init; }
    public required int Threads { get; init; }
    public required double LoadAverageBefore { get; init; }

    /// <summary>File to 512×512 RGB, all threads together.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>Time of the image library alone over ours, same files and threads, one after the other picture by picture; at least 0.9.</summary>
    public required double ReadOverLibrary { get; init; }

    /// <summary>Encoded bytes that the decoder takes in, all threads together.</summary>
    public required double DecoderMbPerSecond { get; init; }

    /// <summary>Shards in shuffled order, one thread, not in the page cache.</summary>
    public required double ShardReadMbPerSecond { get; init; }

    /// <summary>The same files from front to back, not in the page cache.</summary>
    public required double DiskReadMbPerSecond { get; init; }

    /// <summary><c>disk</c> or <c>decoder</c>, whichever is slower.</summary>
    public required string ReadLimit { get; init; }

    /// <summary>Shards with their hashes and manifest, synced to disk.</summary>
    public required double ShardWriteMbPerSecond { get; init; }

    /// <summary>As many bytes in one file, synced to disk.</summary>
    public required double DiskWriteMbPerSecond { get; init; }

    /// <summary><c>disk</c> or <c>decoder</c>, whichever is slower.</summary>
    public required string WriteLimit { get; init; }

    /// <summary>Perceptual hashes among which copies are looked for.</summary>
    public required int CopySearchHashes { get; init; }

    /// <summary>All pairs within 12 of 64 bits by the index.</summary>
    public required double CopySearchMs { get; init; }

    /// <summary>The same pairs by comparing every hash with every other.</summary>
    public required double CopySearchQuadraticMs { get; init; }

    /// <summary>Goals that were not met.</summary>
    public required IReadOnlyList<string> Missed { get; init; }
}
