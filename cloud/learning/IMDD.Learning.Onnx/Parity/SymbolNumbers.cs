namespace IMDD.Learning.Onnx.Parity;

/// <summary>The numbers that the symbols of a model's dimensions stand for in one run; each is bound where it is first seen.</summary>
internal sealed class SymbolNumbers
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);

    /// <summary>Whether a shape is the declared one. An expression that cannot be reckoned yet is bound as a whole, like a symbol.</summary>
    /// <param name="declared">As <see cref="DeclaredShapes"/> has it.</param>
    /// <param name="actual">Outermost first.</param>
    public bool Agree(IReadOnlyList<string> declared, IReadOnlyList<long> actual)
        => declared.Count == actual.Count && declared.Zip(actual).All(pair => Agrees(pair.First, pair.Second));

    private bool Agrees(string dimension, long length)
    {
        if (dimension == DeclaredShapes.Unknown)
        {
            return true;
        }

        if (DimensionText.Reckon(dimension, _numbers) is { } value)
        {
            return value == length;
        }

        return _numbers.TryAdd(dimension, length) || _numbers[dimension] == length;
    }
}
