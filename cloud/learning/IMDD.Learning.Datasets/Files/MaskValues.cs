namespace IMDD.Learning.Datasets.Files;

/// <summary>A mask's raw values, row-major.</summary>
public sealed record MaskValues(int Width, int Height, byte[] Values);
