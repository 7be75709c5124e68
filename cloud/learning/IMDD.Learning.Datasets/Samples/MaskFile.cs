namespace IMDD.Learning.Datasets.Samples;

/// <summary>A mask on disk.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Encoding">How it marks defective pixels.</param>
/// <param name="ClassOfValue">The class of each pixel value, by value, where a mask holds several; null where the sample's classes say it.</param>
public sealed record MaskFile(string Path, MaskEncoding Encoding, IReadOnlyList<string>? ClassOfValue = null);
