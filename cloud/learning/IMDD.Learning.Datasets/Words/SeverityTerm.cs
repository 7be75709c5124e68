namespace IMDD.Learning.Datasets.Words;

/// <summary>A step of the severity scale.</summary>
/// <param name="Id"><c>minor</c>, <c>major</c>, <c>critical</c>.</param>
/// <param name="Name">The word.</param>
/// <param name="AreaFraction">From this share of the picture on, a defect is at least this severe, whatever its kind.</param>
public sealed record SeverityTerm(string Id, string Name, double AreaFraction);
