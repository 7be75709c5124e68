namespace IMDD.Messaging.Mqtt;

/// <summary>The broker refused a publication for good.</summary>
public sealed class MqttPublishRefusedException(string topic, int reasonCode, string reason)
    : Exception($"The broker refused a message to '{topic}': 0x{reasonCode:X2} {reason}.")
{
    /// <summary>MQTT 5 reason code.</summary>
    public int ReasonCode { get; } = reasonCode;
}
