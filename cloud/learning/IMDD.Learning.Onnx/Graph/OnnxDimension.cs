using System.Globalization;
using System.Runtime.InteropServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// One dimension: a number, or a symbol times a fraction plus a number, such as <c>W/2</c>, <c>3*W</c> or <c>H-2</c>. A symbol may state
/// what it is a multiple of; then divisions are known to come out even when the graph is built. One that is not known to gives a symbol of
/// its own, such as <c>floor((H-1)/2)</c>: two dimensions are the same where their expressions are, in whatever order they were multiplied and added.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OnnxDimension
{
    private readonly OnnxSymbol? _symbol;
    private readonly long _numerator;
    private readonly long _denominator;
    private readonly long _offset;

    private OnnxDimension(OnnxSymbol? symbol, long numerator, long denominator, long offset)
    {
        var divisor = CommonDivisor(numerator, denominator);
        _symbol = symbol;
        _numerator = numerator / divisor;
        _denominator = denominator / divisor;
        _offset = offset;
    }

    /// <summary>The number, or null for a symbol.</summary>
    public long? Value => _symbol is null ? _numerator : null;

    private long MultipleOf => _symbol?.MultipleOf ?? 1;

    private bool IsSum => _symbol is { Terms.Count: > 0 };

    /// <summary>A known number of elements.</summary>
    public static OnnxDimension Of(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new OnnxDimension(null, value, 1, 0);
    }

    /// <summary>
    /// A number known only when the graph runs, by contract a multiple of <paramref name="multipleOf"/>. One name is one number in the whole graph, whatever is
    /// stated of it: a runtime takes values whose dimensions have the same names to be alike.
    /// </summary>
    public static OnnxDimension Symbolic(string name, long multipleOf = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multipleOf);
        return new OnnxDimension(OnnxSymbol.Of(name, multipleOf), 1, 1, 0);
    }

    /// <summary>A known number.</summary>
    public static implicit operator OnnxDimension(long value) => Of(value);

    /// <summary>Of one expression; what is known of a symbol's multiples is no part of it.</summary>
    public bool Equals(OnnxDimension other) => _symbol?.Text == other._symbol?.Text
        && _numerator == other._numerator
        && _denominator == other._denominator
        && _offset == other._offset;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_symbol?.Text, _numerator, _denominator, _offset);

    /// <summary>This many times as long.</summary>
    public OnnxDimension Times(long factor) => _symbol is null
        ? Of(checked(_numerator * factor))
        : new(_symbol, checked(_numerator * factor), _denominator, checked(_offset * factor));

    /// <summary>As many as both multiplied.</summary>
    public OnnxDimension Times(OnnxDimension other)
    {
        if (other.Value is { } factor)
        {
            return Times(factor);
        }

        if (Value is { } own)
        {
            return other.Times(own);
        }

        var (left, right) = (Factored(), other.Factored());
        return new OnnxDimension(
            OnnxSymbol.Product(left._symbol!, right._symbol!), checked(left._numerator * right._numerator), checked(left._denominator * right._denominator), 0);
    }

    /// <summary>Longer by a number, which may be negative.</summary>
    /// <exception cref="OnnxGraphException">Less than nothing would be left.</exception>
    public OnnxDimension Plus(long count) => _symbol is not null ? new(_symbol, _numerator, _denominator, _offset + count)
        : _numerator + count >= 0 ? Of(_numerator + count)
        : throw new OnnxGraphException($"A dimension of {_numerator} cannot lose {-count}.");

    /// <summary>As many as both together.</summary>
    public OnnxDimension Plus(OnnxDimension other)
    {
        if (other.Value is { } count)
        {
            return Plus(count);
        }

        if (Value is { } own)
        {
            return other.Plus(own);
        }

        OnnxDimension[] terms =
        [
            .. Terms().Concat(other.Terms())
                .GroupBy(term => term._symbol!.Text, StringComparer.Ordinal)
                .Select(alike => alike.Aggregate(OfOneSymbol))
                .OrderBy(term => term.ToString(), StringComparer.Ordinal),
        ];
        var sum = terms.Length == 1 ? terms[0] : new OnnxDimension(OnnxSymbol.Sum(terms), 1, 1, 0);
        return sum.Plus(_offset + other._offset);
    }

    /// <summary>Divides where it is known to come out even.</summary>
    /// <exception cref="OnnxGraphException">It is not.</exception>
    public OnnxDimension DividedBy(long divisor)
    {
        OnnxDimension quotient = new(_symbol, _numerator, checked(_denominator * divisor), _offset / divisor);
        return MultipleOf % quotient._denominator == 0 && _offset % divisor == 0
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
        OnnxDimension quotient = new(_symbol, _numerator, checked(_denominator * divisor), FloorDivide(_offset, divisor));
        return MultipleOf % quotient._denominator == 0 ? quotient : Symbolic($"floor({Grouped()}/{divisor})");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (_symbol is null)
        {
            return _numerator.ToString(CultureInfo.InvariantCulture);
        }

        var symbol = IsSum && (_numerator != 1 || _denominator != 1) ? $"({_symbol.Text})" : _symbol.Text;
        var times = _numerator != 1 ? $"{_numerator}*" : "";
        var over = _denominator == 1 ? "" : $"/{_denominator}";
        var plus = _offset == 0 ? "" : _offset.ToString("+0;-0", CultureInfo.InvariantCulture);
        return $"{times}{symbol}{over}{plus}";
    }

    /// <summary>
    /// Whether it may turn out to be the other. It cannot where both are reckoned in one symbol and differ, nor where the other has no factor, beside those of both,
    /// that could make up for what this one has.
    /// </summary>
    internal bool MayBe(OnnxDimension other)
    {
        if (_symbol?.Text == other._symbol?.Text)
        {
            return this == other;
        }

        List<string> own = [.. Factors()];
        return other.Factors().Any(factor => !own.Remove(factor));
    }

    private static OnnxDimension OfOneSymbol(OnnxDimension left, OnnxDimension right) => new(
        left._symbol,
        checked((left._numerator * right._denominator) + (right._numerator * left._denominator)),
        checked(left._denominator * right._denominator),
        0);

    private static long CommonDivisor(long left, long right) => (long)System.Numerics.BigInteger.GreatestCommonDivisor(left, right);

    private static long FloorDivide(long value, long divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);

    private string Grouped() => _offset == 0 && !IsSum ? ToString() : $"({this})";

    /// <summary>What is added up, without the number.</summary>
    private IReadOnlyList<OnnxDimension> Terms()
        => IsSum && _numerator == _denominator ? _symbol!.Terms : [new OnnxDimension(_symbol, _numerator, _denominator, 0)];

    /// <summary>A symbol's expression as a fraction times what none can be taken out of: <c>2*H+4</c> as twice <c>(H+2)</c>.</summary>
    private OnnxDimension Factored()
    {
        if (_offset == 0)
        {
            return IsSum ? new OnnxDimension(OnnxSymbol.Of($"({_symbol!.Text})"), _numerator, _denominator, 0) : this;
        }

        var common = CommonDivisor(_numerator, _offset);
        OnnxDimension rest = new(_symbol, _numerator / common, _denominator, _offset / common);
        return new OnnxDimension(OnnxSymbol.Of($"({rest})"), common, 1, 0);
    }

    private IEnumerable<string> Factors() => _symbol is null ? [] : Factored()._symbol!.Factors.Select(factor => factor.Text);
}
