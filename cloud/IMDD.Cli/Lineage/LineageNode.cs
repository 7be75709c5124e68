namespace IMDD.Cli.Lineage;

/// <summary>A thing on the way from an event to what its model was trained on, or back.</summary>
/// <param name="Kind">A <see cref="LineageKind"/>.</param>
/// <param name="Id">Digest, id or name.</param>
/// <param name="Text">What is known of it.</param>
internal sealed record LineageNode(string Kind, string Id, string Text)
{
    public List<LineageNode> Children { get; } = [];

    /// <summary>How many further children there are; null: at least one, and how many is not known.</summary>
    public int? More { get; set; } = 0;

    public LineageNode Add(LineageNode child)
    {
        Children.Add(child);
        return this;
    }

    /// <summary>The tree, a line each, for a person.</summary>
    public IEnumerable<string> Lines() => [.. Own(""), .. Below("")];

    private IEnumerable<string> Own(string lead) => [$"{lead}{Kind.Replace('_', ' ')} {Id}{(Text.Length > 0 ? "  " + Text : "")}"];

    private IEnumerable<string> Below(string indent)
    {
        var isCut = More is not 0;
        for (var at = 0; at < Children.Count; at++)
        {
            var isLast = at == Children.Count - 1 && !isCut;
            foreach (var line in Children[at].Own(indent + (isLast ? "└─ " : "├─ ")).Concat(Children[at].Below(indent + (isLast ? "   " : "│  "))))
            {
                yield return line;
            }
        }

        if (isCut)
        {
            yield return $"{indent}└─ and {More?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "some"} more";
        }
    }
}
