using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;

namespace IMDD.Contracts.Registry;

/// <summary>Asks that a release be given out wave by wave; when the last is done it is the champion.</summary>
public sealed record StartRollout : IAttributed
{
    public required string Digest { get; init; }

    /// <summary>One after the other; 1 to 64.</summary>
    public required IReadOnlyList<RolloutWave> Waves { get; init; }

    /// <summary>When agents may install it; they fetch it as soon as they are told. Null: at once.</summary>
    public InstallWindow? Install { get; init; }

    /// <summary>True: a wave may name agents that were never heard of; it waits for them. Not groups: what they are told names their cameras.</summary>
    public bool AllowUnknown { get; init; }

    public string? By { get; init; }
    public string? Reason { get; init; }
}
