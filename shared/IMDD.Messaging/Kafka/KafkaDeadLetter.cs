using System.Globalization;
using IMDD.Contracts.Topics;

namespace IMDD.Messaging.Kafka;

/// <summary>
/// Builds records of a topic's dead-letter topic: the original key, value and headers, and beside them where it came from and why. Header
/// names of our own start with <c>dlq.</c> or are OpenTelemetry's <c>error.type</c>; a second failure replaces those of the first.
/// </summary>
public static class KafkaDeadLetter
{
    /// <summary>Original topic.</summary>
    public const string Topic = "dlq.topic";

    /// <summary>Original partition; absent where the record never had one.</summary>
    public const string Partition = "dlq.partition";

    /// <summary>Original offset; absent where the record never had one.</summary>
    public const string Offset = "dlq.offset";

    /// <summary>Kind of error, of low cardinality.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The error in words.</summary>
    public const string ErrorMessage = "error.message";

    /// <summary>How often it was tried.</summary>
    public const string Attempts = "dlq.attempts";

    /// <summary>When it was tried first, RFC 3339 UTC.</summary>
    public const string FirstTime = "dlq.first-time";

    /// <summary>When it was tried last, RFC 3339 UTC.</summary>
    public const string LastTime = "dlq.last-time";

    private const int LongestMessage = 1024;
    private static readonly HashSet<string> Own = [Topic, Partition, Offset, ErrorType, ErrorMessage, Attempts, FirstTime, LastTime];

    /// <summary>For a record that a consumer cannot process.</summary>
    public static KafkaRecord Of(KafkaConsumed record, string errorType, string errorMessage, int attempts, DateTimeOffset first, DateTimeOffset last)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Build(
            record.Topic,
            record.Key ?? "",
            record.Value,
            record.Headers,
            new KafkaPosition(new KafkaPartition(record.Topic, record.Partition), record.Offset),
            errorType,
            errorMessage,
            attempts,
            first,
            last);
    }

    /// <summary>For a record that the broker refused for good. The timestamp is that of the last attempt: the original may be the error.</summary>
    public static KafkaRecord Of(KafkaRecord record, string errorType, string errorMessage, int attempts, DateTimeOffset first, DateTimeOffset last)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Build(record.Topic, record.Key, record.Value, record.Headers, null, errorType, errorMessage, attempts, first, last);
    }

    private static KafkaRecord Build(
        string topic,
        string key,
        ReadOnlyMemory<byte>? value,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        KafkaPosition? position,
        string errorType,
        string errorMessage,
        int attempts,
        DateTimeOffset first,
        DateTimeOffset last)
    {
        List<KeyValuePair<string, string>> all = [.. headers.Where(h => !Own.Contains(h.Key)), new(Topic, topic)];
        if (position is { } origin)
        {
            all.Add(new(Partition, origin.Partition.Partition.ToString(CultureInfo.InvariantCulture)));
            all.Add(new(Offset, origin.NextOffset.ToString(CultureInfo.InvariantCulture)));
        }

        all.Add(new(ErrorType, errorType));
        all.Add(new(ErrorMessage, errorMessage.Length <= LongestMessage ? errorMessage : errorMessage[..LongestMessage]));
        all.Add(new(Attempts, attempts.ToString(CultureInfo.InvariantCulture)));
        all.Add(new(FirstTime, Rfc3339(first)));
        all.Add(new(LastTime, Rfc3339(last)));
        return new KafkaRecord(KafkaTopics.DeadLetter(topic), key, value, all, last);
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
