using MQTTnet;

namespace IMDD.Messaging.Mqtt;

/// <summary>A received message on its connection.</summary>
internal sealed class MqttDelivery(MqttConnection connection, MqttApplicationMessageReceivedEventArgs received, MqttIncoming message) : IMqttDelivery
{
    /// <inheritdoc/>
    public MqttIncoming Message { get; } = message;

    /// <summary>The connection that owes the PUBACK.</summary>
    public MqttConnection Connection { get; } = connection;

    /// <summary>False for QoS 0: nothing is owed, and the broker will not deliver it again.</summary>
    public bool IsAtLeastOnce { get; } = received.ApplicationMessage.QualityOfServiceLevel > MQTTnet.Protocol.MqttQualityOfServiceLevel.AtMostOnce;

    /// <summary>Guarded by <see cref="OrderedAcknowledgements"/>.</summary>
    public bool IsAcknowledged { get; set; }

    /// <inheritdoc/>
    public void Acknowledge()
    {
        if (IsAtLeastOnce)
        {
            Connection.Acknowledgements.Acknowledge(this);
        }

        PooledPayload.Of(Message.Payload)?.Return();
    }

    /// <summary>Puts the PUBACK on the wire.</summary>
    public Task SendAcknowledgementAsync(CancellationToken cancellationToken) => received.AcknowledgeAsync(cancellationToken);
}
