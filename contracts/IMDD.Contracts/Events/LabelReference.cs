namespace IMDD.Contracts.Events;

/// <summary>A label that a consensus was made of.</summary>
/// <param name="RaterId">Whose.</param>
/// <param name="Revision">Which of theirs.</param>
public sealed record LabelReference(string RaterId, long Revision);
