using System.Globalization;
using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// One dimension: a number, or a symbol times a fraction, such as <c>W/2</c> or <c>3*W</c>. A symbol states what it is a multiple of, so
/// that every division is known to come out even when the graph is built.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OnnxDimension
{
    private readonly string? _symbol;
    private readonly long _multipleOf;
    private readonly long _numerator;
    private readonly long _denominator;

    private OnnxDimension(string? symbol, long multipleOf, long numerator, long denominator)
    {
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        _symbol = symbol;
        _multipleOf = multipleOf;
        _numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    /// <summary>The number, or null for a symbol.</summary>
    public long? Value => _symbol is null ? _numerator : null;

    /// <summary>A known number of elements.</summary>
    public static OnnxDimension Of(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new OnnxDimension(null, 1, value, 1);
    }

    /// <summary>A number known only when the graph runs, by contract a multiple of <paramref name="multipleOf"/>.</summary>
    public static OnnxDimension Symbolic(string name, long multipleOf = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multipleOf);
        return new OnnxDimension(name, multipleOf, 1, 1);
    }

    /// <summary>A known number.</summary>
    public static implicit operator OnnxDimension(long value) => Of(value);

    /// <summary>This many times as long.</summary>
    public OnnxDimension Times(long factor) => new(_symbol, _multipleOf, checked(_numerator * factor), _denominator);

    /// <summary>Divides where it is known to come out even.</summary>
    /// <exception cref="OnnxGraphException">It is not.</exception>
    public OnnxDimension DividedBy(long divisor)
    {
        OnnxDimension quotient = new(_symbol, _multipleOf, _numerator, checked(_denominator * divisor));
        return _multipleOf % quotient._denominator == 0
            ? quotient
            : throw new OnnxGraphException($"Dimension {this} is not known to be a multiple of {divisor}.");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var times = _symbol is not null && _numerator != 1 ? $"{_numerator}*" : "";
        var over = _denominator == 1 ? "" : $"/{_denominator}";
        return _symbol is null ? _numerator.ToString(CultureInfo.InvariantCulture) : $"{times}{_symbol}{over}";
    }
}
