namespace IMDD.Learning.Datasets.Words;

/// <summary>A kind of defect.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Name">The word.</param>
/// <param name="Synonyms">Other words for it.</param>
/// <param name="Severity">How bad it usually is: <c>minor</c>, <c>major</c>, <c>critical</c>.</param>
/// <param name="Morphology">What it usually looks like: <c>linear</c>, <c>spot</c>, <c>area</c>, <c>edge</c>, <c>shape</c>, <c>pattern</c>.</param>
/// <param name="Causes">Ids of likely causes.</param>
public sealed record DefectTerm(
    string Id, string Name, IReadOnlyList<string> Synonyms, string Severity, string Morphology, IReadOnlyList<string> Causes);
