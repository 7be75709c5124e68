using System.Globalization;
using IMDD.Contracts.Topics;

namespace IMDD.Messaging.Kafka;

/// <summary>
/// Builds records of a topic's dead-letter topic: the original key, value and headers, and beside them where it came from and why. Header
/// names of our own start with <c>dlq.</c> or <c>error.</c>; a second failure replaces those of the first, goes on counting its attempts and keeps its first
/// time.
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

    /// <summary>
    /// The record as it was, to be put back; attempts and first time stay with it. Its timestamp is that of the replay, since the original may
    /// have been the error. Null for a record that is no dead letter.
    /// </summary>
    public static KafkaRecord? Restore(KafkaConsumed letter, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var topic = Find(letter.Headers, Topic);
        return string.IsNullOrEmpty(topic) || KafkaTopics.DeadLetter(topic) != letter.Topic
            ? null
            : new KafkaRecord(topic, letter.Key ?? "", letter.Value, [.. letter.Headers.Where(h => !Own.Contains(h.Key) || h.Key is Attempts or FirstTime)], now);
    }

    /// <summary>True for a header that this class adds.</summary>
    public static bool IsOwn(string header) => Own.Contains(header);

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> headers, string name) => headers.FirstOrDefault(h => h.Key == name).Value;

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
        var before = int.TryParse(Find(headers, Attempts), NumberStyles.None, CultureInfo.InvariantCulture, out var counted) ? counted : 0;
        all.Add(new(Attempts, (before + attempts).ToString(CultureInfo.InvariantCulture)));
        all.Add(new(FirstTime, Find(headers, FirstTime) ?? Rfc3339(first)));
        all.Add(new(LastTime, Rfc3339(last)));
        return new KafkaRecord(KafkaTopics.DeadLetter(topic), key, value, all, last);
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
