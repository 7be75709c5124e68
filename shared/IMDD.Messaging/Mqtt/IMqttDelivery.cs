namespace IMDD.Messaging.Mqtt;

/// <summary>A received message whose PUBACK is owed. The handler may return before it acknowledges.</summary>
public interface IMqttDelivery
{
    /// <summary>The message.</summary>
    MqttIncoming Message { get; }

    /// <summary>
    /// Sends the PUBACK, in the order of receipt (an earlier message not yet acknowledged holds this one's back), and gives the
    /// payload's memory up. Does nothing when the connection it came on is gone: the broker will deliver the message again.
    /// </summary>
    void Acknowledge();
}
