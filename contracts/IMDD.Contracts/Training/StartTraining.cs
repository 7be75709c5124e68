using IMDD.Contracts.Audit;

namespace IMDD.Contracts.Training;

/// <summary>Asks for a run.</summary>
public sealed record StartTraining : IAttributed
{
    /// <summary>One of <see cref="TrainingReason"/>: manual or drift.</summary>
    public string Reason { get; init; } = TrainingReason.Manual;

    /// <summary>Who asks.</summary>
    public string? By { get; init; }
}
