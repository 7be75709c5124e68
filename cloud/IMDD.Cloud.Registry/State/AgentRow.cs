namespace IMDD.Cloud.Registry.State;

/// <summary>An agent, or a named group of its cameras: what is desired of it, and what it has said.</summary>
public sealed class AgentRow
{
    public required string Asset { get; init; }

    /// <summary>The agent, for the cameras that are in no named group; <c>agent:group</c> for those of a group.</summary>
    public required string Agent { get; init; }

    /// <summary>Name of the model it is given; null: none yet.</summary>
    public string? Model { get; set; }

    /// <summary>Digest of the release it is to run.</summary>
    public string? Desired { get; set; }

    /// <summary>
    /// Digest of the recipe that is assigned to it, for this wish and later ones, or <see cref="AssignedRecipe.Configured"/>; null: it keeps the one it has.
    /// </summary>
    public string? Recipe { get; set; }

    /// <summary>What was assigned before <see cref="Recipe"/> was, to go back to; null: nothing, or nobody knows.</summary>
    public string? RecipeBefore { get; set; }

    /// <summary>True where <see cref="Recipe"/> is what was assigned before one that was withdrawn, refused or taken back.</summary>
    public bool IsRecipeRestored { get; set; }

    /// <summary>JSON of the release that a recipe's wish names where none is desired: what the agent said it runs.</summary>
    public string? WishModel { get; set; }

    /// <summary>Names the present wish; with no release desired nor named, that the one before was taken back.</summary>
    public string? RolloutId { get; set; }

    public DateTimeOffset? DesiredAt { get; set; }
    public DateTimeOffset? InstallNotBefore { get; set; }
    public DateTimeOffset? InstallNotAfter { get; set; }

    /// <summary>True when the broker has the present wish.</summary>
    public bool IsTold { get; set; }

    /// <summary>How often the broker was found to have been told another wish than the present one: who tells at the same time is not sure of his any more.</summary>
    public long StaleTold { get; init; }

    /// <summary>JSON of its last report about the present wish.</summary>
    public string? Step { get; set; }

    public DateTimeOffset? StepAt { get; set; }

    /// <summary>JSON of its last state.</summary>
    public string? State { get; set; }

    public DateTimeOffset? StateAt { get; set; }

    /// <summary>Since when the agent has no such group any more; null: it has, or has not been heard.</summary>
    public DateTimeOffset? GoneAt { get; set; }
}
