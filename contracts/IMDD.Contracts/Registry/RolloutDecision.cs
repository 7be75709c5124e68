using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Registry;

/// <summary>A person's word on a rollout: it is approved, paused, resumed or taken back.</summary>
public sealed record RolloutDecision : IAttributed
{
    public string? By { get; init; }
    public string? Reason { get; init; }
}
