namespace IMDD.Learning.Datasets.Shards;

/// <summary>One sample of a shard: its key and its files by extension (<c>jpg</c>, <c>mask.png</c>, <c>json</c>).</summary>
public sealed record ShardSample(string Key, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files);
