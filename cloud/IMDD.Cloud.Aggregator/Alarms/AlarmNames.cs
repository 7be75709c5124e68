using IMDD.Contracts.Events;

namespace IMDD.Cloud.Aggregator.Alarms;

/// <summary>Names of alarms. Those of a camera or agent carry its name: <c>camera-silent:cell3/cam1</c>.</summary>
public static class AlarmNames
{
    public const string AboveLimit = "p-chart-above-limit";
    public const string BelowLimit = "p-chart-below-limit";
    public const string RunAbove = "p-chart-run-above";
    public const string UndecidedRate = "undecided-rate";
    public const string YieldBelowTarget = "yield-below-target";
    public const string CameraSilent = "camera-silent";
    public const string CameraFaulty = "camera-faulty";
    public const string AgentOffline = "agent-offline";

    /// <inheritdoc cref="AlarmEvent.DriftPrefix"/>
    public const string Drift = AlarmEvent.DriftPrefix;

    public const string Conservation = "conservation";
}
