using System.Collections;
using System.Runtime.CompilerServices;

namespace IMDD.Learning.Onnx.Graph;

/// <summary>The dimensions of a tensor, outermost first.</summary>
[CollectionBuilder(typeof(OnnxShape), nameof(Create))]
public sealed class OnnxShape : IReadOnlyList<OnnxDimension>, IEquatable<OnnxShape>
{
    private readonly OnnxDimension[] _dimensions;

    private OnnxShape(OnnxDimension[] dimensions) => _dimensions = dimensions;

    /// <summary>A tensor of one element without dimensions.</summary>
    public static OnnxShape Scalar { get; } = new([]);

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    int IReadOnlyCollection<OnnxDimension>.Count => _dimensions.Length;

    /// <inheritdoc/>
    public OnnxDimension this[int index] => _dimensions[index];

    /// <summary>The dimensions from the last on, as <c>shape[^1]</c>.</summary>
    public OnnxDimension this[Index index] => _dimensions[index];

    /// <summary>A shape of these dimensions.</summary>
    public static OnnxShape Create(ReadOnlySpan<OnnxDimension> dimensions) => new(dimensions.ToArray());

    /// <summary>This shape with one dimension replaced.</summary>
    public OnnxShape With(int axis, OnnxDimension dimension)
    {
        var dimensions = (OnnxDimension[])_dimensions.Clone();
        dimensions[axis] = dimension;
        return new OnnxShape(dimensions);
    }

    /// <inheritdoc/>
    public bool Equals(OnnxShape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OnnxShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (var dimension in _dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _dimensions)}]";

    /// <inheritdoc/>
    public IEnumerator<OnnxDimension> GetEnumerator() => _dimensions.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
