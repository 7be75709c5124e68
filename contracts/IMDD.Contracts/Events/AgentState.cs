namespace IMDD.Contracts.Events;

/// <summary>
/// Data of <c>state/agent/{agent}</c>, retained, and of its will. The will carries the <c>bdSeq</c> of the birth that follows it,
/// so that a stale death is told from a fresh one.
/// </summary>
public sealed record AgentState
{
    public required string Agent { get; init; }

    /// <summary><c>online</c> or <c>offline</c>.</summary>
    public required string State { get; init; }

    public required string BootId { get; init; }

    /// <summary>0 to 255, wraps.</summary>
    public required int BdSeq { get; init; }

    /// <summary>
    /// The active model. This, its fault, the recipe, the slots and the execution provider are those of the cameras that are in no group; null where every
    /// camera is in one of <see cref="Groups"/>.
    /// </summary>
    public ModelReference? Model { get; init; }

    /// <summary>Why no model decides, such as a bundle that cannot be loaded: frames end as undecided. Null: one does.</summary>
    public string? ModelFault { get; init; }

    /// <summary>Id of the recipe in force.</summary>
    public string? RecipeId { get; init; }

    /// <summary>Counter of the recipe in force; null where it is the agent's own configuration's.</summary>
    public long? RecipeCounter { get; init; }

    /// <summary>Digest of the recipe in force.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>What lies in the two slots, the one that decides first; null where the agent has a model of its own configuration only.</summary>
    public IReadOnlyList<AgentModelSlot>? Slots { get; init; }

    /// <summary>The named groups of its cameras; null where it has none.</summary>
    public IReadOnlyList<AgentGroupState>? Groups { get; init; }

    public string? AgentVersion { get; init; }

    /// <summary>Execution provider in use: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>.</summary>
    public string? ExecutionProvider { get; init; }

    /// <summary>Outcomes in the store that Kafka has not confirmed yet.</summary>
    public long? StoreBacklog { get; init; }

    public DateTimeOffset? Since { get; init; }
}
