namespace IMDD.Learning.Training.Pictures;

/// <summary>A crop with its truth on the output's grid.</summary>
/// <param name="Image"><c>3 × side × side</c>, 0 to 1.</param>
/// <param name="Reference">The same of the reference; null where the picture has none.</param>
/// <param name="Target">Share of each cell that is defective, <c>cells × cells</c>.</param>
/// <param name="Classes">Index of the class plus one per cell, 0 where none is known.</param>
/// <param name="HasPixelTruth">False: it shows a defect, and nobody knows where; the target says nothing.</param>
/// <param name="WholeClass">Index of that defect's class plus one; <see cref="TrainingPicture.NoClass"/> where none is known, or all are marked.</param>
public sealed record Crop(float[] Image, float[]? Reference, float[] Target, byte[] Classes, bool HasPixelTruth, byte WholeClass);
