namespace IMDD.Cloud.Dashboard;

/// <summary>What the dashboard says to an operator.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Kafka cannot be read, trying again: {Reason}")]
    public static partial void EventsUnavailable(ILogger logger, string reason);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "Record {Topic}[{Partition}]@{Offset} is not shown: {Reason}")]
    public static partial void RecordSkipped(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "The aggregator at {Url} does not answer, the page shows old counts: {Reason}")]
    public static partial void AggregatorUnavailable(ILogger logger, Uri url, string reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Information, Message = "The aggregator at {Url} answers again")]
    public static partial void AggregatorBack(ILogger logger, Uri url);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "Picture {Digest} cannot be read: {Reason}")]
    public static partial void PictureUnavailable(ILogger logger, string digest, string reason);
}
