using Microsoft.Extensions.Logging;

namespace IMDD.Relational;

/// <summary>Messages an operator may search for.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Database} is not there yet: {Error}")]
    public static partial void DatabaseNotYetThere(ILogger logger, string database, string error);

    [LoggerMessage(2, LogLevel.Information, "Schema step {Step} applied to {Database}")]
    public static partial void SchemaStepApplied(ILogger logger, int step, string database);

    [LoggerMessage(8, LogLevel.Warning, "{Task} failed and is tried again at its next turn: {Error}")]
    public static partial void PeriodicTaskFailed(ILogger logger, string task, string error);

    [LoggerMessage(11, LogLevel.Error, "Kafka refuses event {EventId} for {Topic} for good: {Error}. It stays in the outbox")]
    public static partial void PublishRefused(ILogger logger, string eventId, string topic, string error);

    [LoggerMessage(12, LogLevel.Warning, "{Count} events wait in the outbox; Kafka does not take them now: {Error}")]
    public static partial void PublishDelayed(ILogger logger, int count, string error);
}
