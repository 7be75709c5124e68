namespace IMDD.Messaging.Mqtt;

/// <summary>What happened to a session.</summary>
/// <param name="Kind">What.</param>
/// <param name="Detail">In words.</param>
public sealed record MqttSessionEvent(MqttSessionEventKind Kind, string Detail);
