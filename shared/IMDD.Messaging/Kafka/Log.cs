using Microsoft.Extensions.Logging;

namespace IMDD.Messaging.Kafka;

/// <summary>Messages of the Kafka clients.</summary>
internal static partial class Log
{
    [LoggerMessage(1101, LogLevel.Warning, "Kafka {Client}: {Code}: {Reason}")]
    public static partial void ClientError(this ILogger logger, string client, string code, string reason);

    [LoggerMessage(1102, LogLevel.Debug, "Kafka {Client}: {Facility}: {Text}")]
    public static partial void ClientLog(this ILogger logger, string client, string facility, string text);

    [LoggerMessage(1103, LogLevel.Error, "Kafka producer failed for good ({Code}: {Reason}); a new one takes its place, what was under way is reported as retriable")]
    public static partial void ProducerReplaced(this ILogger logger, string code, string reason);

    [LoggerMessage(1104, LogLevel.Error, "A delivery report's receiver threw")]
    public static partial void ReportFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1105, LogLevel.Warning, "Kafka group '{Group}': commit refused: {Reason}")]
    public static partial void CommitFailed(this ILogger logger, string group, string reason);

    [LoggerMessage(1106, LogLevel.Information, "Kafka group '{Group}': partitions {Change}: {Partitions}")]
    public static partial void Rebalanced(this ILogger logger, string group, string change, string partitions);

    [LoggerMessage(1107, LogLevel.Warning, "Kafka topics were not created here ({Reason}); going on, they may exist or be created elsewhere")]
    public static partial void TopicsNotCreated(this ILogger logger, string reason);

    [LoggerMessage(1108, LogLevel.Information, "Kafka topics created: {Topics}")]
    public static partial void TopicsCreated(this ILogger logger, string topics);

    [LoggerMessage(1109, LogLevel.Warning, "Kafka topic '{Topic}' cannot be read yet: {Reason}")]
    public static partial void TopicNotReadable(this ILogger logger, string topic, string reason);
}
