namespace IMDD.Learning.Datasets.Samples;

/// <summary>A polygon of at least three points, <c>[x0, y0, x1, y1, …]</c>, pixels of the original image.</summary>
/// <param name="Class">Name of the defect.</param>
/// <param name="Points">Coordinates.</param>
/// <param name="Part">Polygons of one picture with the same number are parts of one object; null: an object of its own.</param>
public sealed record AnnotatedPolygon(string Class, IReadOnlyList<double> Points, int? Part = null);
