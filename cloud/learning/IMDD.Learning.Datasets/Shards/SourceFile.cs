namespace IMDD.Learning.Datasets.Shards;

/// <summary>A file that went into the shards.</summary>
/// <param name="Path">Below the data set's root.</param>
/// <param name="Sha256">64 hex digits.</param>
/// <param name="SizeBytes">Size.</param>
public sealed record SourceFile(string Path, string Sha256, long SizeBytes);
