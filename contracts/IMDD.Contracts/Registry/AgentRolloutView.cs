using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>An agent, what is desired of it and how far it is.</summary>
public sealed record AgentRolloutView
{
    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string Asset { get; init; }

    public required string Agent { get; init; }

    /// <summary>What it is told to run; null: nothing yet.</summary>
    public ModelRelease? Desired { get; init; }

    /// <summary>Digest of the recipe that is assigned to it; null: none.</summary>
    public string? RecipeDigest { get; init; }

    public string? RolloutId { get; init; }

    /// <summary>Its last report about that; null: none yet.</summary>
    public RolloutStep? Step { get; init; }

    public DateTimeOffset? StepAt { get; init; }

    /// <summary>Its last state; null: it was never heard of.</summary>
    public AgentState? State { get; init; }
}
