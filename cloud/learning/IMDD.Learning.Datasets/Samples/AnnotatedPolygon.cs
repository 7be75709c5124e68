namespace IMDD.Learning.Datasets.Samples;

/// <summary>A polygon of at least three points, <c>[x0, y0, x1, y1, …]</c>, pixels of the original image.</summary>
/// <param name="Class">Name of the defect.</param>
/// <param name="Points">Coordinates.</param>
/// <param name="Part">Polygons of one picture with the same number are parts of one object; null: an object of its own.</param>
public sealed record AnnotatedPolygon(string Class, IReadOnlyList<double> Points, int? Part = null)
{
    /// <summary>What it encloses, square pixels, whichever way round it goes: of two that overlap the smaller one says what is there.</summary>
    public double Area()
    {
        var sum = 0.0;
        for (var i = 0; i + 1 < Points.Count; i += 2)
        {
            var next = (i + 2) % Points.Count;
            sum += Points[i] * Points[next + 1] - Points[next] * Points[i + 1];
        }

        return Math.Abs(sum) / 2;
    }
}
