namespace IMDD.Contracts.Registry;

/// <summary>An agent within a rollout.</summary>
public sealed record RolloutAgentView
{
    /// <summary><c>enterprise/site/area/line/cell/agent</c> or <c>…/agent:group</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>One of <see cref="RolloutAgentStateWord"/>.</summary>
    public required string State { get; init; }

    /// <summary>Its last step, a <see cref="Events.RolloutStepWord"/>; null: none yet.</summary>
    public string? Step { get; init; }

    /// <summary>One of <see cref="Events.RolloutReason"/>, where it has failed.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>The reason in words.</summary>
    public string? Detail { get; init; }

    public DateTimeOffset? ToldAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}
