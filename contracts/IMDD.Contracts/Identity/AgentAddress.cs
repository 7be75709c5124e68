using System.Diagnostics.CodeAnalysis;

namespace IMDD.Contracts.Identity;

/// <summary>An agent within its cell, or a named group of its cameras.</summary>
/// <param name="Asset">The cell.</param>
/// <param name="Agent">The box.</param>
/// <param name="Group">The group; null: the agent's cameras that are in no named group, which are all of them where it has none.</param>
public sealed record AgentAddress(AssetPath Asset, string Agent, string? Group = null)
{
    /// <summary>The two forms in words, for error messages.</summary>
    public const string Expected = "enterprise/site/area/line/cell/agent, or …/agent:group for a named group of its cameras";

    /// <summary>Seven names of 31 characters, and what stands between them.</summary>
    private const int MaxLength = 223;

    private const char GroupMark = ':';

    /// <summary>Agent and group within the cell: <c>agent</c> or <c>agent:group</c>.</summary>
    public string Name => Group is null ? Agent : $"{Agent}{GroupMark}{Group}";

    /// <summary>The same agent, without a group.</summary>
    public AgentAddress Box => this with { Group = null };

    /// <summary>Reads <c>enterprise/site/area/line/cell/agent</c> or <c>…/agent:group</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static AgentAddress Parse(string text)
        => TryParse(text, out var address) ? address : throw new FormatException($"'{Excerpt.Of(text)}' is not an agent: expected {Expected}.");

    /// <summary>Reads <c>enterprise/site/area/line/cell/agent</c> or <c>…/agent:group</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AgentAddress? address)
    {
        address = null;
        if (text is null || text.Length > MaxLength || text.LastIndexOf('/') is not (> 0 and var cut) || !AssetPath.TryParse(text[..cut], out var asset, out _))
        {
            return false;
        }

        var name = text[(cut + 1)..];
        var mark = name.IndexOf(GroupMark, StringComparison.Ordinal);
        var (agent, group) = mark < 0 ? (name, null) : (name[..mark], name[(mark + 1)..]);
        if (!NamePart.IsValid(agent) || (group is not null && !NamePart.IsValid(group)))
        {
            return false;
        }

        address = new AgentAddress(asset, agent, group);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Asset}/{Name}";
}
