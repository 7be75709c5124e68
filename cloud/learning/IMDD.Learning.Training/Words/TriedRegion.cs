namespace IMDD.Learning.Training.Words;

/// <summary>A region that lies on a defect.</summary>
/// <param name="Truth">Index of the defect's class.</param>
/// <param name="Before">Its name without the new row.</param>
/// <param name="After">Its name with it, for each threshold tried.</param>
internal sealed record TriedRegion(int Truth, string Before, IReadOnlyList<string> After);
