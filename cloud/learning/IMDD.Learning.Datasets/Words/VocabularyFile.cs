namespace IMDD.Learning.Datasets.Words;

/// <summary>The data file as written.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Language">BCP 47, <c>en</c>.</param>
/// <param name="Defects">Kinds of defects.</param>
/// <param name="Products">Products.</param>
/// <param name="Materials">Materials.</param>
/// <param name="Causes">Causes.</param>
/// <param name="Locations">The nine fields of the picture, row by row.</param>
/// <param name="Morphologies">What defects look like.</param>
/// <param name="Severities">The scale, rising.</param>
/// <param name="Labels">Label strings of data sets, and the defect each means; <c>normal</c> for none.</param>
public sealed record VocabularyFile(
    int SchemaVersion,
    string Language,
    IReadOnlyList<DefectTerm> Defects,
    IReadOnlyList<Term> Products,
    IReadOnlyList<Term> Materials,
    IReadOnlyList<Term> Causes,
    IReadOnlyList<Term> Locations,
    IReadOnlyList<Term> Morphologies,
    IReadOnlyList<SeverityTerm> Severities,
    IReadOnlyDictionary<string, string> Labels);
