using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>An agent, or a named group of its cameras, what is desired of it and how far it is.</summary>
public sealed record AgentRolloutView
{
    /// <summary><c>enterprise/site/area/line/cell</c>.</summary>
    public required string Asset { get; init; }

    public required string Agent { get; init; }

    /// <summary>The named group of its cameras; null: those that are in none.</summary>
    public string? Group { get; init; }

    /// <summary>What it is told to run; null: nothing yet.</summary>
    public ModelRelease? Desired { get; init; }

    /// <summary>Digest of the recipe that is assigned to it; null: none.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>True where a recipe was withdrawn: it is to go by its configuration's.</summary>
    public bool ConfiguredRecipe { get; init; }

    public string? RolloutId { get; init; }

    /// <summary>Its last report about that; null: none yet.</summary>
    public RolloutStep? Step { get; init; }

    public DateTimeOffset? StepAt { get; init; }

    /// <summary>Its last state, of a group with the group's model, recipe and slots; null: it was never heard of.</summary>
    public AgentState? State { get; init; }

    /// <summary>Since when the agent has no such group any more: it is no part of what is promoted or rolled out. Null: it has.</summary>
    public DateTimeOffset? GoneAt { get; init; }
}
