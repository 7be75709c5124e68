namespace IMDD.Contracts.Events;

/// <summary>A named group of an agent's cameras: what it is inspected by.</summary>
public sealed record AgentGroupState
{
    /// <summary>Name of the group within the agent.</summary>
    public required string Name { get; init; }

    /// <summary>Its cameras.</summary>
    public required IReadOnlyList<string> Cameras { get; init; }

    public ModelReference? Model { get; init; }

    /// <summary>Why no model decides for the group; its frames end as undecided, and other groups go on. Null: one does.</summary>
    public string? ModelFault { get; init; }

    /// <summary>Id of the recipe in force.</summary>
    public string? RecipeId { get; init; }

    /// <summary>Counter of the recipe in force; null where it is the agent's own configuration's.</summary>
    public long? RecipeCounter { get; init; }

    /// <summary>Digest of the recipe in force.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>What lies in the group's two slots, the one that decides first; null where it has a model of the configuration only.</summary>
    public IReadOnlyList<AgentModelSlot>? Slots { get; init; }

    /// <summary>Execution provider in use: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>.</summary>
    public string? ExecutionProvider { get; init; }
}
