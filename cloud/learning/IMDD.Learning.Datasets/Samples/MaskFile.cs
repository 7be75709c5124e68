namespace IMDD.Learning.Datasets.Samples;

/// <summary>A mask on disk.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Encoding">How it marks defective pixels.</param>
public sealed record MaskFile(string Path, MaskEncoding Encoding);
