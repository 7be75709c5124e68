namespace IMDD.Learning.Onnx.Graph;

/// <summary>A tensor in a graph: an input, a constant, or what a node gives.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(OnnxGraph graph, string name, OnnxElementType type, OnnxShape shape)
    {
        Graph = graph;
        Name = name;
        Type = type;
        Shape = shape;
    }

    /// <summary>Name in the graph; a node's output takes the graph output's name when it becomes one.</summary>
    public string Name { get; internal set; }

    public OnnxElementType Type { get; internal set; }

    public OnnxShape Shape { get; }

    /// <summary>What it holds, where it is a constant.</summary>
    public OnnxTensor? Constant { get; internal init; }

    /// <summary>The graph it belongs to; values of two graphs do not mix.</summary>
    internal OnnxGraph Graph { get; }

    /// <summary>The node that gives it; none for an input or a constant.</summary>
    internal OnnxNode? Producer { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} {Shape}";
}
