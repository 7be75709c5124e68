namespace IMDD.Learning.Datasets.Samples;

/// <summary>A polygon of at least three points, <c>[x0, y0, x1, y1, …]</c>, pixels of the original image.</summary>
public sealed record AnnotatedPolygon(string Class, IReadOnlyList<double> Points);
