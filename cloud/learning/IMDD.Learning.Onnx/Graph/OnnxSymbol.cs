namespace IMDD.Learning.Onnx.Graph;

/// <summary>
/// What a dimension is reckoned in: a name, an expression that no number can be taken out of, such as <c>floor(H/2)</c>, or a product or sum of
/// these. Two of one text are one number; the text of a product or sum does not depend on the order it was written in.
/// </summary>
internal sealed class OnnxSymbol
{
    private OnnxSymbol(string text, long multipleOf)
    {
        (Text, MultipleOf) = (text, multipleOf);
        Factors = [this];
    }

    public string Text { get; }

    /// <summary>By contract, or because its factors are.</summary>
    public long MultipleOf { get; }

    /// <summary>Ordered by their texts; the symbol itself where it is no product.</summary>
    public IReadOnlyList<OnnxSymbol> Factors { get; private init; }

    /// <summary>Ordered by their texts, each of another symbol and nothing added to it; none where it is no sum.</summary>
    public IReadOnlyList<OnnxDimension> Terms { get; private init; } = [];

    public static OnnxSymbol Of(string text, long multipleOf = 1) => new(text, multipleOf);

    /// <summary>A product of two that are no sums.</summary>
    public static OnnxSymbol Product(OnnxSymbol left, OnnxSymbol right)
    {
        OnnxSymbol[] factors = [.. left.Factors.Concat(right.Factors).OrderBy(factor => factor.Text, StringComparer.Ordinal)];
        return new OnnxSymbol(string.Join('*', factors.Select(factor => factor.Text)), checked(left.MultipleOf * right.MultipleOf)) { Factors = factors };
    }

    /// <summary>A sum of two or more, as <see cref="Terms"/> has them.</summary>
    public static OnnxSymbol Sum(IReadOnlyList<OnnxDimension> terms) => new(string.Join('+', terms), 1) { Terms = terms };
}
