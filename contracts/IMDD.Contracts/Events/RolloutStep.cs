namespace IMDD.Contracts.Events;

/// <summary>Data of <c>feedback/{agent}</c>: how far an agent is with what was desired of it.</summary>
public sealed record RolloutStep
{
    public required string Agent { get; init; }

    /// <summary>Of the wish that this answers.</summary>
    public required string RolloutId { get; init; }

    /// <summary>The named group of cameras that it was desired for; null: the rest of the agent's.</summary>
    public string? Group { get; init; }

    public required ModelRelease Model { get; init; }

    /// <summary>One of <see cref="RolloutStepWord"/>.</summary>
    public required string Step { get; init; }

    /// <summary>One of <see cref="RolloutStatus"/>: the step in hawkBit's words.</summary>
    public required string Status { get; init; }

    /// <summary>One of <see cref="RolloutResult"/>.</summary>
    public required string Result { get; init; }

    /// <summary>One of <see cref="RolloutReason"/>, exactly when the result is a failure.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>The reason in words, for a person.</summary>
    public string? Detail { get; init; }

    /// <summary>Digest of the recipe that the failure is about; null: it is about the model, about neither, or no failure.</summary>
    public string? RecipeDigest { get; init; }

    /// <summary>Slot on the agent, <c>A</c> or <c>B</c>, once it has one.</summary>
    public string? Slot { get; init; }

    /// <summary>Bytes of the bundle that are there; null where it is not about a download.</summary>
    public long? DoneBytes { get; init; }

    /// <summary>Bytes of the bundle; null where it is not about a download.</summary>
    public long? TotalBytes { get; init; }
}
