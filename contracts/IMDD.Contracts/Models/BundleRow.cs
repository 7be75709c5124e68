namespace IMDD.Contracts.Models;

/// <summary>A row of the <c>text</c> input.</summary>
/// <param name="ClassId">The class it speaks for.</param>
/// <param name="Text">The words it was made of.</param>
/// <param name="Kind"><c>text</c> or <c>prototype</c>.</param>
/// <param name="Threshold">Below this <c>class_score</c> the region is <c>unknown-defect</c>, 0 to 1.</param>
public sealed record BundleRow(string ClassId, string Text, string Kind, double Threshold)
{
    /// <summary>Length of the row; null: 1. The longer, the more, or the more sharply, it fits.</summary>
    public double? Length { get; init; }
}
