namespace IMDD.Messaging.Mqtt;

/// <summary>The broker refused a subscription.</summary>
public sealed class MqttSubscribeRefusedException(string topicFilter, int reasonCode, string reason)
    : Exception($"The broker refused a subscription to '{topicFilter}': 0x{reasonCode:X2} {reason}.")
{
    /// <summary>MQTT 5 reason code.</summary>
    public int ReasonCode { get; } = reasonCode;
}
