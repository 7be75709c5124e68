namespace IMDD.Learning.Datasets.Words;

/// <summary>A term found in a text.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Id">The term's id.</param>
/// <param name="Text">The word or synonym that stands there.</param>
public sealed record FoundPhrase(PhraseKind Kind, string Id, string Text);
