namespace IMDD.Messaging.Mqtt;

/// <summary>
/// One MQTT 5 session that outlives its connections: QoS 1, persistent, reconnects with back-off and Clean Start = 0, Receive Maximum as
/// the back-pressure window, acknowledgement by the handler when its work is durable.
/// </summary>
public interface IMqttSession : IAsyncDisposable
{
    /// <summary>True while connected.</summary>
    bool IsConnected { get; }

    /// <summary>Raised after each state change: connected, disconnected, session lost, taken over.</summary>
    event Action<MqttSessionEvent>? StateChanged;

    /// <summary>
    /// Registers a handler for a topic filter; before <see cref="StartAsync"/> or after. Handlers are called one at a time in the order of
    /// receipt; a handler that awaits holds back the next message (that is the back-pressure). A handler that throws is a defect of the
    /// handler: the message is acknowledged and logged as lost to it, so the handler must dead-letter by itself. A handler must not wait for
    /// a publication on the same session before it acknowledges: the PUBACK may stand behind the frames that wait for it. Where filters
    /// overlap, the one registered first gets the message.
    /// </summary>
    Task SubscribeAsync(string topicFilter, Func<IMqttDelivery, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default);

    /// <summary>Starts connecting and returns when the first connection is up and subscribed, or the token fires. Reconnects from then on.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Publishes at QoS 1 and completes with the PUBACK. Waits while disconnected; a publication whose connection was lost before its PUBACK
    /// is sent again on the next one.
    /// </summary>
    /// <exception cref="MqttPublishRefusedException">The broker answered with a reason code of 0x80 or above.</exception>
    /// <exception cref="OperationCanceledException">The token fired first; whether the broker has the message is unknown.</exception>
    Task PublishAsync(MqttOutgoing message, CancellationToken cancellationToken);
}
