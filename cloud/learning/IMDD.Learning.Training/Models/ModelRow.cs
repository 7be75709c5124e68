using System.Text.Json.Serialization;

namespace IMDD.Learning.Training.Models;

/// <summary>A row of text.</summary>
/// <param name="ClassId">The class it speaks for.</param>
/// <param name="Prototype">The row itself, of a length of its own, where it was made of regions; null: it is made of the words of its class.</param>
public sealed record ModelRow(string ClassId, IReadOnlyList<float>? Prototype)
{
    // Of floats that were divided by their length.
    private const double UnitTolerance = 1e-5;

    /// <summary>Length of a row that is made of words; null: 1. A longer one fits more, a shorter one less.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Gain { get; init; }

    /// <summary>Its length; null: 1.</summary>
    [JsonIgnore]
    public double? Length => Prototype is { } made
        ? Math.Sqrt(made.Sum(value => (double)value * value)) is var length && Math.Abs(length - 1) < UnitTolerance ? null : Math.Round(length, 6)
        : Gain;
}
