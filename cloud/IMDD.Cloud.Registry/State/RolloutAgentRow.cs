namespace IMDD.Cloud.Registry.State;

/// <summary>An agent's part of a rollout.</summary>
public sealed class RolloutAgentRow
{
    public required string RolloutId { get; init; }
    public required string Asset { get; init; }

    /// <summary>As in <see cref="AgentRow"/>.</summary>
    public required string Agent { get; init; }

    /// <summary>Its wave, the first 0.</summary>
    public required int Wave { get; init; }

    /// <summary>Its place in the wave.</summary>
    public required int Position { get; init; }

    /// <summary>A <see cref="IMDD.Contracts.Registry.RolloutAgentStateWord"/>.</summary>
    public required string State { get; set; }

    public string? Step { get; set; }
    public string? ReasonCode { get; set; }
    public string? Detail { get; set; }
    public DateTimeOffset? ToldAt { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>
    /// Rollout id of the wish that it had when the rollout was asked for, or of the model without which it could not be told; it is told only while it
    /// still has that.
    /// </summary>
    public string? PreviousRolloutId { get; set; }

    /// <summary>Digest of the release that it was to run before it was told; null: none.</summary>
    public string? Previous { get; set; }

    /// <summary>The recipe that was assigned to it before it was told another; null: none, or the rollout is a model's.</summary>
    public string? PreviousRecipe { get; set; }

    public DateTimeOffset? PreviousNotBefore { get; set; }
    public DateTimeOffset? PreviousNotAfter { get; set; }

    /// <summary>Rollout id of the wish that took the rollout's back.</summary>
    public string? TakenBackBy { get; set; }
}
