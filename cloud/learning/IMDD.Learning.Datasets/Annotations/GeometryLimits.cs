namespace IMDD.Learning.Datasets.Annotations;

/// <summary>Bounds on what annotations may say.</summary>
internal static class GeometryLimits
{
    /// <summary>No picture is larger than this, pixels.</summary>
    public const double MaxCoordinate = 1 << 20;

    /// <summary>Most points of one polygon.</summary>
    public const int MaxPoints = 1 << 20;

    /// <summary>Deepest nesting of JSON.</summary>
    public const int MaxJsonDepth = 32;
}
