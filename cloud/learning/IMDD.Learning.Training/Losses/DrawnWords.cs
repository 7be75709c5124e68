namespace IMDD.Learning.Training.Losses;

/// <summary>The texts of one step.</summary>
/// <param name="Texts">First one per row, then the first and then the second texts of the pairs.</param>
/// <param name="Rows">Rows to compare pixels with: the classes in their order, then other words.</param>
/// <param name="Pairs">Pairs of texts of one meaning.</param>
public sealed record DrawnWords(IReadOnlyList<string> Texts, int Rows, int Pairs);
