using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>
/// Asks that a recipe be assigned wave by wave; the model that each agent runs stays. The fleet that shares and lines are of is whoever goes by a recipe of the same
/// name, or, where nobody does yet, all agents.
/// </summary>
public sealed record StartRecipeRollout : IAttributed
{
    /// <summary>One after the other; 1 to 64.</summary>
    public required IReadOnlyList<RolloutWave> Waves { get; init; }

    /// <summary>When agents may put it in force; they fetch it as soon as they are told. Null: at once.</summary>
    public InstallWindow? Install { get; init; }

    /// <summary>True: a wave may name agents that were never heard of; it waits for them. Not groups: what they are told names their cameras.</summary>
    public bool AllowUnknown { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
