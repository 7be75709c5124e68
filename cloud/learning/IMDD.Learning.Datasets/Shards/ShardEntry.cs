namespace IMDD.Learning.Datasets.Shards;

/// <summary>A sample in the index.</summary>
/// <param name="Key">The sample.</param>
/// <param name="Shard">File name of the shard.</param>
/// <param name="Offset">Where its first tar header starts, bytes.</param>
/// <param name="Length">Bytes up to the next sample.</param>
public sealed record ShardEntry(string Key, string Shard, long Offset, long Length);
