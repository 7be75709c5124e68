namespace IMDD.Learning.Training.Models;

/// <summary>A row of text.</summary>
/// <param name="ClassId">The class it speaks for.</param>
/// <param name="Prototype">The row itself, of unit length, where it was made of regions; null: it is made of the words of its class.</param>
public sealed record ModelRow(string ClassId, IReadOnlyList<float>? Prototype);
