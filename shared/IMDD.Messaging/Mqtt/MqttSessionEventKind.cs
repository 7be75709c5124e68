namespace IMDD.Messaging.Mqtt;

/// <summary>Kinds of session events.</summary>
public enum MqttSessionEventKind
{
    /// <summary>A connection is up and all subscriptions are in place.</summary>
    Connected,

    /// <summary>The connection is gone; it will be tried again.</summary>
    Disconnected,

    /// <summary>A reconnect found no session (Session Present = 0): deliveries that were pending at the broker are lost to us.</summary>
    SessionLost,

    /// <summary>Another client uses our client id (0x8E): not tried again, or two would fight for ever; publications wait until their tokens fire.</summary>
    TakenOver,

    /// <summary>The broker sent us away for good (0x9D server moved): not tried again; publications wait until their tokens fire.</summary>
    Moved,
}
