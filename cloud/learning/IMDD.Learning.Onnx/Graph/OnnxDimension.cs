using System.Globalization;
using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// One dimension: a number, or a symbol times a fraction plus a number, such as <c>W/2</c>, <c>3*W</c> or <c>H-2</c>. A symbol may state
/// what it is a multiple of; then divisions are known to come out even when the graph is built. One that is not known to gives a symbol of
/// its own, such as <c>floor((H-1)/2)</c>: two dimensions are the same where their expressions are.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OnnxDimension
{
    private readonly string? _symbol;
    private readonly long _multipleOf;
    private readonly long _numerator;
    private readonly long _denominator;
    private readonly long _offset;

    private OnnxDimension(string? symbol, long multipleOf, long numerator, long denominator, long offset)
    {
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        _symbol = symbol;
        _multipleOf = multipleOf;
        _numerator = numerator / divisor;
        _denominator = denominator / divisor;
        _offset = offset;
    }

    /// <summary>The number, or null for a symbol.</summary>
    public long? Value => _symbol is null ? _numerator : null;

    /// <summary>A known number of elements.</summary>
    public static OnnxDimension Of(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new OnnxDimension(null, 1, value, 1, 0);
    }

    /// <summary>
    /// A number known only when the graph runs, by contract a multiple of <paramref name="multipleOf"/>. One name is one number in the whole graph: a runtime takes
    /// values whose dimensions have the same names to be alike.
    /// </summary>
    public static OnnxDimension Symbolic(string name, long multipleOf = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multipleOf);
        return new OnnxDimension(name, multipleOf, 1, 1, 0);
    }

    /// <summary>A known number.</summary>
    public static implicit operator OnnxDimension(long value) => Of(value);

    /// <summary>This many times as long.</summary>
    public OnnxDimension Times(long factor) => _symbol is null
        ? Of(checked(_numerator * factor))
        : new(_symbol, _multipleOf, checked(_numerator * factor), _denominator, checked(_offset * factor));

    /// <summary>As many as both multiplied.</summary>
    public OnnxDimension Times(OnnxDimension other) => other.Value is { } factor ? Times(factor)
        : Value is { } own ? other.Times(own)
        : Symbolic($"{Grouped()}*{other.Grouped()}");

    /// <summary>Longer by a number, which may be negative.</summary>
    /// <exception cref="OnnxGraphException">Less than nothing would be left.</exception>
    public OnnxDimension Plus(long count) => _symbol is not null ? new(_symbol, _multipleOf, _numerator, _denominator, _offset + count)
        : _numerator + count >= 0 ? Of(_numerator + count)
        : throw new OnnxGraphException($"A dimension of {_numerator} cannot lose {-count}.");

    /// <summary>As many as both together.</summary>
    public OnnxDimension Plus(OnnxDimension other) => other.Value is { } count ? Plus(count)
        : Value is { } own ? other.Plus(own)
        : this == other ? Times(2)
        : Symbolic($"{Grouped()}+{other.Grouped()}");

    /// <summary>Divides where it is known to come out even.</summary>
    /// <exception cref="OnnxGraphException">It is not.</exception>
    public OnnxDimension DividedBy(long divisor)
    {
        OnnxDimension quotient = new(_symbol, _multipleOf, _numerator, checked(_denominator * divisor), _offset / divisor);
        return _multipleOf % quotient._denominator == 0 && _offset % divisor == 0
            ? quotient
            : throw new OnnxGraphException($"Dimension {this} is not known to be a multiple of {divisor}.");
    }

    /// <summary>Divides and drops the rest.</summary>
    public OnnxDimension FloorDividedBy(long divisor)
    {
        if (divisor == 1)
        {
            return this;
        }

        if (_symbol is null)
        {
            return Of(_numerator / divisor);
        }

        // An even part leaves the floor to the number: floor((H - 1) / 2) + 1 is H/2 where H is even.
        OnnxDimension quotient = new(_symbol, _multipleOf, _numerator, checked(_denominator * divisor), FloorDivide(_offset, divisor));
        return _multipleOf % quotient._denominator == 0 ? quotient : Symbolic($"floor({Grouped()}/{divisor})");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_symbol is null)
        {
            return _numerator.ToString(CultureInfo.InvariantCulture);
        }

        var times = _numerator != 1 ? $"{_numerator}*" : "";
        var over = _denominator == 1 ? "" : $"/{_denominator}";
        var plus = _offset == 0 ? "" : _offset.ToString("+0;-0", CultureInfo.InvariantCulture);
        return $"{times}{_symbol}{over}{plus}";
    }

    private static long FloorDivide(long value, long divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);

    private string Grouped() => _offset == 0 ? ToString() : $"({this})";
}
