namespace IMDD.Learning.Onnx.Graph;

/// <summary>A tensor in a graph: an input, a constant, or what a node gives.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(OnnxGraphBuilder graph, string name, OnnxElementType type, OnnxShape shape, bool isNodeOutput)
    {
        Graph = graph;
        Name = name;
        Type = type;
        Shape = shape;
        IsNodeOutput = isNodeOutput;
    }

    /// <summary>Name in the graph; a node's output takes the graph output's name when it becomes one.</summary>
    public string Name { get; internal set; }

    public OnnxElementType Type { get; }

    public OnnxShape Shape { get; }

    /// <summary>The builder that made it; values of two builders do not mix.</summary>
    internal OnnxGraphBuilder Graph { get; }

    internal bool IsNodeOutput { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type} {Shape}";
}
