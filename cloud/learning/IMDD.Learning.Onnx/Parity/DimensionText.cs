using System.Globalization;

namespace IMDD.Learning.Onnx.Parity;

/// <summary>Reckons the text of a dimension, such as <c>floor((H-1)/2)+1</c>, as <see cref="Graph.OnnxDimension"/> writes it.</summary>
internal sealed class DimensionText
{
    private const string Operators = "+-*/()";

    private readonly string _text;
    private readonly Dictionary<string, long> _numbers;
    private int _at;

    private DimensionText(string text, Dictionary<string, long> numbers) => (_text, _numbers) = (text, numbers);

    /// <summary>What it comes to; null where a symbol has no number, or the text is none of these.</summary>
    /// <param name="text">The dimension.</param>
    /// <param name="numbers">Of the symbols. Quotients are exact as far as doubles are: lengths and their products are below 2⁵³.</param>
    public static double? Reckon(string text, Dictionary<string, long> numbers)
    {
        DimensionText reader = new(text, numbers);
        var value = reader.Sum();
        return reader._at == text.Length ? value : null;
    }

    private double? Sum()
    {
        var value = Product();
        while (Next() is '+' or '-')
        {
            value = _text[_at++] == '+' ? value + Product() : value - Product();
        }

        return value;
    }

    private double? Product()
    {
        var value = Factor();
        while (Next() is '*' or '/')
        {
            value = _text[_at++] == '*' ? value * Factor() : value / Factor();
        }

        return value;
    }

    private double? Factor()
    {
        var start = _at;
        while (Next() is { } letter && !Operators.Contains(letter))
        {
            _at++;
        }

        var word = _text[start.._at];
        if (Next() == '(')
        {
            return Group(word);
        }

        if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return _numbers.TryGetValue(word, out var bound) ? bound : null;
    }

    /// <summary>What stands in brackets, rounded down behind <c>floor</c>.</summary>
    private double? Group(string function)
    {
        _at++;
        var value = Sum();
        if (Next() != ')')
        {
            return null;
        }

        _at++;
        return function switch
        {
            "" => value,
            "floor" when value is { } known => Math.Floor(known),
            _ => null,
        };
    }

    private char? Next() => _at < _text.Length ? _text[_at] : null;
}
