using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>What the alarms of one line are judged by.</summary>
internal sealed record LineSnapshot
{
    public required string Line { get; init; }

    /// <summary>Minute windows, oldest first.</summary>
    public required IReadOnlyList<MinuteCounts> Minutes { get; init; }

    /// <summary>Time of the latest outcome of each camera.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> LastOutcomes { get; init; }

    /// <summary>States of cameras by <c>cell/camera</c>.</summary>
    public required IReadOnlyDictionary<string, CameraState> Cameras { get; init; }

    /// <summary>States of agents by <c>cell/agent</c>.</summary>
    public required IReadOnlyDictionary<string, AgentState> Agents { get; init; }

    /// <summary>Frames out of balance by <c>cell/camera</c>: positive where outcomes are missing, negative where there are too many.</summary>
    public required IReadOnlyDictionary<string, long> Imbalances { get; init; }

    /// <summary>Windows compared with their reference, oldest first, by <c>cell/camera</c>.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<DriftWindow>> Drift { get; init; }
}
