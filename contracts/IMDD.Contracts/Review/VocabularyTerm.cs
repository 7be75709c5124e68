namespace IMDD.Contracts.Review;

/// <summary>A name of a defect.</summary>
/// <param name="Class">Stable id.</param>
/// <param name="Proposed">True while no model knows it: a person has typed it in.</param>
/// <param name="Uses">Labels that have used it.</param>
/// <param name="ProposedBy">Rater; null for a known name.</param>
public sealed record VocabularyTerm(string Class, bool Proposed, long Uses, string? ProposedBy = null);
