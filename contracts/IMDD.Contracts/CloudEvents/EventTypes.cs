namespace IMDD.Contracts.CloudEvents;

/// <summary>Event types, <c>io.imdd.&lt;context&gt;.&lt;event&gt;.v&lt;major&gt;</c>, and the URIs of their schemas.</summary>
public static class EventTypes
{
    public const string FrameCaptured = "io.imdd.frame.captured.v1";
    public const string FrameStored = "io.imdd.frame.stored.v1";
    public const string InspectionOutcome = "io.imdd.inspection.outcome.v1";
    public const string DefectDetected = "io.imdd.inspection.defect-detected.v1";
    public const string OutcomeReceipt = "io.imdd.inspection.receipt.v1";
    public const string AgentStateChanged = "io.imdd.edge.agent-state-changed.v1";
    public const string CameraStateChanged = "io.imdd.edge.camera-state-changed.v1";
    public const string CameraBalanceReported = "io.imdd.edge.camera-balance-reported.v1";
    public const string LineWindowUpdated = "io.imdd.metrics.line-window-updated.v1";
    public const string CameraStatisticsCollected = "io.imdd.metrics.camera-statistics-collected.v1";
    public const string AlarmChanged = "io.imdd.alarm.changed.v1";
    public const string RolloutRequested = "io.imdd.rollout.requested.v1";
    public const string RolloutStepReported = "io.imdd.rollout.step-reported.v1";
    public const string ExampleCollected = "io.imdd.example.collected.v1";
    public const string ExampleLabelled = "io.imdd.example.labelled.v1";
    public const string ConsensusReached = "io.imdd.example.consensus-reached.v1";
    public const string ModelRegistered = "io.imdd.model.registered.v1";
    public const string ModelPromoted = "io.imdd.model.promoted.v1";

    private const string Prefix = "io.imdd.";
    private const string SchemaBase = "https://imdd.io/schemas/";

    /// <summary>The schema's URI: <c>https://imdd.io/schemas/inspection.outcome.v1.json</c> for <see cref="InspectionOutcome"/>.</summary>
    public static string SchemaUri(string type)
        => type.StartsWith(Prefix, StringComparison.Ordinal)
            ? $"{SchemaBase}{type[Prefix.Length..]}.json"
            : throw new ArgumentException($"'{type}' is not an event type of this system.", nameof(type));
}
