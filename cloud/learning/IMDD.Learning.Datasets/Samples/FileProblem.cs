namespace IMDD.Learning.Datasets.Samples;

/// <summary>A file that could not be used, and why.</summary>
/// <param name="File">Path below the root.</param>
/// <param name="Reason">What was expected.</param>
public sealed record FileProblem(string File, string Reason);
