namespace IMDD.Contracts.Registry;

/// <summary>From whom a recipe was taken back.</summary>
public sealed record RecipeWithdrawal
{
    /// <summary>Digest of the recipe.</summary>
    public required string Digest { get; init; }

    /// <summary>Id of the recipe.</summary>
    public required string Id { get; init; }

    /// <summary>Names the wish.</summary>
    public required string RolloutId { get; init; }

    /// <summary>Agents that are told, <c>enterprise/site/area/line/cell/agent</c> or <c>…/agent:group</c>.</summary>
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>Agents of which no model is known yet: they are told once they have said which they run, or are given one.</summary>
    public required IReadOnlyList<string> Waiting { get; init; }
}
