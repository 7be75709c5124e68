using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a recipe be taken back from stations that it is assigned to.</summary>
public sealed record WithdrawRecipe : IAttributed
{
    /// <summary>Agents, or groups of their cameras, to which it is assigned; empty: all to which it is.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>True: each goes by the recipe that was assigned to it before, signed anew where its counter asks for that; false: by its own configuration's.</summary>
    public bool ToPrevious { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
