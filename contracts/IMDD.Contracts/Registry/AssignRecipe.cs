using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that stations decide by a recipe; the model that each runs stays.</summary>
public sealed record AssignRecipe : IAttributed
{
    /// <summary>
    /// Agents, <c>enterprise/site/area/line/cell/agent</c>, or <c>…/agent:group</c> for a named group of its cameras; empty: all that the registry
    /// knows of, with all groups.
    /// </summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>True: agents and groups that were never heard of are meant too; they are told once they are there.</summary>
    public bool AllowUnknown { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
