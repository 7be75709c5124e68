namespace IMDD.Messaging.Kafka;

/// <summary>What became of a record.</summary>
public enum PublishResult
{
    /// <summary>Acknowledged by all in-sync replicas.</summary>
    Persisted,

    /// <summary>Not acknowledged in time; it may or may not be in the log. Send it again: its id makes that harmless.</summary>
    Retriable,

    /// <summary>The broker will never take this record as it is (too large, invalid timestamp, …): dead-letter it.</summary>
    Permanent,
}
