using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that stations decide by a recipe; the model that each runs stays.</summary>
public sealed record AssignRecipe : IAttributed
{
    /// <summary>Agents, <c>enterprise/site/area/line/cell/agent</c>; empty: all that the registry knows of.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    public string? By { get; init; }
    public string? Reason { get; init; }
}
