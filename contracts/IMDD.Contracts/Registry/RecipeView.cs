using IMDD.Contracts.Models;

namespace IMDD.Contracts.Registry;

/// <summary>A signed recipe.</summary>
public sealed record RecipeView
{
    /// <summary>Such as <c>door-red@4</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What all revisions share, such as <c>door-red</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What outcomes name it by.</summary>
    public required string Digest { get; init; }

    /// <summary>Only rises for a name.</summary>
    public required long Counter { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }
    public string? RegisteredBy { get; init; }

    /// <summary>After this no station puts it in force; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Id of the key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>Agents that it is assigned to, <c>enterprise/site/area/line/cell/agent</c>.</summary>
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>What it says; null in lists.</summary>
    public Recipe? Recipe { get; init; }
}
