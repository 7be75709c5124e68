namespace IMDD.Cloud.Aggregator;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(3, LogLevel.Warning, "Record {Topic}[{Partition}]@{Offset} set aside as {Reason}: {Detail}")]
    public static partial void RecordSetAside(ILogger logger, string topic, int partition, long offset, string reason, string detail);

    [LoggerMessage(4, LogLevel.Warning, "Partition {Topic}[{Partition}] was taken by another instance while this one had records of it: they are left to it")]
    public static partial void Fenced(ILogger logger, string topic, int partition);

    [LoggerMessage(5, LogLevel.Error, "The database refused a batch of {Records} records; trying again in {Delay}: {Error}")]
    public static partial void BatchFailed(ILogger logger, int records, TimeSpan delay, string error);

    [LoggerMessage(6, LogLevel.Error, "A batch of {Records} records cannot be counted as a whole; counting one by one")]
    public static partial void BatchBroken(ILogger logger, int records, Exception exception);

    [LoggerMessage(7, LogLevel.Debug, "Reading {Topic}[{Partition}] from {Offset}")]
    public static partial void Assigned(ILogger logger, string topic, int partition, long offset);

    [LoggerMessage(8, LogLevel.Warning, "{Task} failed and is tried again at its next turn: {Error}")]
    public static partial void PeriodicTaskFailed(ILogger logger, string task, string error);

    [LoggerMessage(9, LogLevel.Warning, "Alarm {Alarm} of {Line} raised: {Message}")]
    public static partial void AlarmRaised(ILogger logger, string alarm, string line, string message);

    [LoggerMessage(10, LogLevel.Information, "Alarm {Alarm} of {Line} cleared")]
    public static partial void AlarmCleared(ILogger logger, string alarm, string line);

    [LoggerMessage(13, LogLevel.Information, "A live client fell behind by {Count} events and was disconnected")]
    public static partial void LiveClientSlow(ILogger logger, int count);
}
