using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Training;

/// <summary>Asks that a run be cancelled.</summary>
public sealed record CancelTraining : IAttributed
{
    public string? By { get; init; }
    public string? Reason { get; init; }
}
