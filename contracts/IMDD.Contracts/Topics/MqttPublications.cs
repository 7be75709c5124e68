using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Contracts.Topics;

/// <summary>What goes to which MQTT topic and how: states are retained, frames and outcomes never. Everything is QoS 1.</summary>
public static class MqttPublications
{
    /// <summary>A frame expires after this where its camera does not say.</summary>
    public static readonly TimeSpan DefaultFrameExpiry = TimeSpan.FromSeconds(30);

    /// <summary>A frame to its agent: not retained, expires.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="expiry">How long the broker keeps it for an agent that is away.</param>
    public static MqttPublication Frame(FrameCapture frame, TimeSpan? expiry = null)
        => new(MqttTopics.Frame(frame.Camera), FrameCapturedEvent.Create(frame), retain: false, expiry ?? DefaultFrameExpiry);

    /// <summary>An outcome to the line and to the camera gateway: not retained.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="receipt">The outcome in short.</param>
    /// <param name="context">Who and when.</param>
    /// <param name="expiry">How long the broker keeps it; null: the receiver needs it however late.</param>
    public static MqttPublication Outcome(CameraPath camera, OutcomeReceipt receipt, EventContext context, TimeSpan? expiry = null)
        => new(MqttTopics.Outcome(camera), OutcomeReceiptEvent.Create(camera, receipt, context), retain: false, expiry);

    /// <summary>An agent's state: retained.</summary>
    public static MqttPublication AgentState(AssetPath asset, AgentState state, EventContext context)
        => new(MqttTopics.AgentState(asset, state.Agent), AgentStateEvent.Create(asset, state, context), retain: true);

    /// <summary>The will that belongs to <paramref name="birth"/>: retained, same topic, same <c>bdSeq</c>.</summary>
    public static MqttPublication AgentWill(AssetPath asset, AgentState birth, EventContext context)
        => new(MqttTopics.AgentState(asset, birth.Agent), AgentStateEvent.CreateWill(asset, birth, context), retain: true);

    /// <summary>A camera's state as its agent sees it: retained.</summary>
    public static MqttPublication CameraState(CameraPath camera, CameraState state, EventContext context)
        => new(MqttTopics.CameraState(camera), CameraStateEvent.Create(camera, state, context), retain: true);

    /// <summary>A camera's balance as its gateway counts it: retained.</summary>
    public static MqttPublication CameraBalance(CameraPath camera, CameraBalance balance, EventContext context)
        => new(MqttTopics.CameraBalance(camera), CameraBalanceEvent.Create(camera, balance, context), retain: true);

    /// <summary>What an agent is to run: retained, so that one that was away hears of it.</summary>
    public static MqttPublication Desired(AssetPath asset, DesiredModels desired, EventContext context)
        => new(MqttTopics.Desired(asset, desired.Agent), DesiredModelsEvent.Create(asset, desired, context), retain: true);

    /// <summary>How far an agent is with it: not retained.</summary>
    public static MqttPublication Feedback(AssetPath asset, RolloutStep step, EventContext context)
        => new(MqttTopics.Feedback(asset, step.Agent), RolloutStepEvent.Create(asset, step, context), retain: false);
}
