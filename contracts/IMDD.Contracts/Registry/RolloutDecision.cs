namespace IMDD.Contracts.Registry;

/// <summary>A person's word on a rollout: it is approved, paused, resumed or taken back.</summary>
public sealed record RolloutDecision
{
    public string? By { get; init; }
    public string? Reason { get; init; }
}
