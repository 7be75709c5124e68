namespace IMDD.Learning.Datasets.Words;

/// <summary>A product, material, cause, location or morphology.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Name">The word.</param>
/// <param name="Synonyms">Other words for it; null where there are none.</param>
public sealed record Term(string Id, string Name, IReadOnlyList<string>? Synonyms = null);
