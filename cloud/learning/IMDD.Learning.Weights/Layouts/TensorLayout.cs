namespace IMDD.Learning.Weights.Layouts;

/// <summary>The names and shapes of a network's tensors, without the tensors.</summary>
public sealed class TensorLayout
{
    private readonly Dictionary<string, long[]> _shapes;

    /// <summary>A layout of these.</summary>
    public TensorLayout(IEnumerable<KeyValuePair<string, long[]>> shapes) => _shapes = new Dictionary<string, long[]>(shapes, StringComparer.Ordinal);

    /// <summary>Shapes by name.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes => _shapes;

    /// <summary>Number of elements over all tensors.</summary>
    public long Parameters => _shapes.Values.Sum(shape => shape.Aggregate(1L, (product, dimension) => product * dimension));
}
