namespace IMDD.Learning.Datasets.Samples;

/// <summary>A box, <c>[x, x + width) × [y, y + height)</c>, pixels of the original image, origin top-left.</summary>
public sealed record AnnotatedBox(string Class, double X, double Y, double Width, double Height);
