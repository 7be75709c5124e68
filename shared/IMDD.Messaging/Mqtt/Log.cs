using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Mqtt;

/// <summary>Messages of the MQTT session.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "MQTT connected to {Host}:{Port} as '{ClientId}' (session present: {SessionPresent})")]
    public static partial void Connected(this ILogger logger, string host, int port, string clientId, bool sessionPresent);

    [LoggerMessage(1002, LogLevel.Warning, "MQTT connection of '{ClientId}' to {Host}:{Port} is gone: {Reason}")]
    public static partial void Disconnected(this ILogger logger, string clientId, string host, int port, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "MQTT cannot connect to {Host}:{Port} as '{ClientId}', trying again in {Delay}: {Reason}")]
    public static partial void ConnectFailed(this ILogger logger, string host, int port, string clientId, TimeSpan delay, string reason);

    [LoggerMessage(1004, LogLevel.Error, "MQTT session '{ClientId}' was lost by the broker: messages that waited in it will not be delivered")]
    public static partial void SessionLost(this ILogger logger, string clientId);

    [LoggerMessage(1005, LogLevel.Error, "MQTT session '{ClientId}' was taken over by another client with the same id; not reconnecting")]
    public static partial void TakenOver(this ILogger logger, string clientId);

    [LoggerMessage(1006, LogLevel.Error, "MQTT broker sent '{ClientId}' away for good ({Reason}); not reconnecting")]
    public static partial void Moved(this ILogger logger, string clientId, string reason);

    [LoggerMessage(1007, LogLevel.Error, "The handler of MQTT topic '{Topic}' threw; the message is acknowledged and lost to it")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string topic);

    [LoggerMessage(1008, LogLevel.Warning, "MQTT message on '{Topic}' matches no subscription of '{ClientId}'; acknowledged")]
    public static partial void Unexpected(this ILogger logger, string topic, string clientId);

    [LoggerMessage(1009, LogLevel.Warning, "{Count} MQTT QoS 0 messages to '{ClientId}' dropped: the handler does not keep up")]
    public static partial void DroppedAtMostOnce(this ILogger logger, long count, string clientId);

    [LoggerMessage(1010, LogLevel.Error, "A listener of the MQTT session '{ClientId}' threw")]
    public static partial void ListenerFailed(this ILogger logger, Exception exception, string clientId);

    [LoggerMessage(1011, LogLevel.Debug, "MQTT acknowledgement of '{ClientId}' not sent: {Reason}")]
    public static partial void AcknowledgementNotSent(this ILogger logger, string clientId, string reason);

    [LoggerMessage(1012, LogLevel.Warning, "{Count} MQTT connections of '{ClientId}' in a row ended soon after they began: is another client using this id?")]
    public static partial void ShortLives(this ILogger logger, int count, string clientId);
}
