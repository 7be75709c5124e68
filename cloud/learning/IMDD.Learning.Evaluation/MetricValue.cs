using System.Diagnostics.CodeAnalysis;

namespace IMDD.Learning.Evaluation;

/// <summary>A metric's value, or NaN with the reason why it is undefined; never a silent 0.</summary>
/// <param name="Value">The value; NaN when undefined.</param>
/// <param name="Undefined">Why there is no value; null when there is one.</param>
public readonly record struct MetricValue(double Value, string? Undefined)
{
    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Undefined))]
    public bool IsDefined => Undefined is null;

    /// <summary>A defined value.</summary>
    public static MetricValue Of(double value) => new(value, null);

    /// <summary>No value, for this reason.</summary>
    public static MetricValue NaN(string reason) => new(double.NaN, reason);

    /// <summary><paramref name="numerator"/> over <paramref name="denominator"/>; undefined for a zero denominator.</summary>
    public static MetricValue Ratio(double numerator, double denominator, string whenZero)
        => denominator == 0 ? NaN(whenZero) : Of(numerator / denominator);

    /// <inheritdoc/>
    public override string ToString()
        => Undefined is null ? Value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture) : $"NaN ({Undefined})";
}
