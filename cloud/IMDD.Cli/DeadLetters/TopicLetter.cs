using System.Globalization;
using IMDD.Cli.Watch;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.DeadLetters;

/// <summary>A record of a dead-letter topic.</summary>
internal sealed class TopicLetter(KafkaConsumed record) : IDeadLetter
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest silence while the end of a topic is not reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public DeadLetterFacts Facts { get; } = new(
        string.Create(CultureInfo.InvariantCulture, $"{record.Topic}[{record.Partition}]@{record.Offset}"),
        Header(record, KafkaDeadLetter.ErrorType) ?? "unknown",
        Header(record, KafkaDeadLetter.ErrorMessage) ?? "",
        Header(record, KafkaDeadLetter.Topic) ?? record.Topic,
        Header(record, "ce_id"),
        record.Value?.Length ?? 0,
        Header(record, KafkaDeadLetter.LastTime) ?? record.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>Everything on our dead-letter topics up to their ends as of now, oldest first.</summary>
    /// <exception cref="CommandFailedException">Kafka does not answer.</exception>
    public static IReadOnlyList<IDeadLetter> ReadAll(string? servers, CancellationToken cancellationToken)
    {
        using var services = WatchServices.Create([KeyValuePair.Create("Kafka:BootstrapServers", servers)]);
        using var consumer = services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("imdd-deadletter");
        try
        {
            consumer.Assign([.. KafkaTopics.All.Select(t => t.Name).Where(name => name.EndsWith(KafkaTopics.DeadLetter(""), StringComparison.Ordinal))], fromBeginning: true);
            return [.. Read(consumer, cancellationToken).OrderBy(record => record.Timestamp).Select(record => new TopicLetter(record))];
        }
        catch (KafkaUnavailableException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ReplayAsync(ReplayTargets targets, CancellationToken cancellationToken)
        => KafkaDeadLetter.Restore(record, targets.Now) is { } original
            ? await targets.PublishAsync(original, cancellationToken)
            : "it does not name the topic it came from";

    private static List<KafkaConsumed> Read(IKafkaConsumer consumer, CancellationToken cancellationToken)
    {
        List<KafkaConsumed> records = [];
        var open = consumer.EndPositions().ToDictionary(end => end.Partition, end => end.NextOffset);
        var lastSeen = TimeProvider.System.GetTimestamp();
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Poll(PollTime) is not { } record)
            {
                if (TimeProvider.System.GetElapsedTime(lastSeen) > Patience)
                {
                    throw new CommandFailedException($"Kafka has given nothing for {Patience.TotalSeconds:0} s, and {string.Join(", ", open.Keys)} are not read to the end.");
                }

                continue;
            }

            lastSeen = TimeProvider.System.GetTimestamp();
            KafkaPartition partition = new(record.Topic, record.Partition);
            if (open.TryGetValue(partition, out var end))
            {
                records.Add(record);
                if (record.Offset + 1 >= end)
                {
                    open.Remove(partition);
                }
            }
        }

        return records;
    }

    private static string? Header(KafkaConsumed record, string name) => record.Headers.FirstOrDefault(h => h.Key == name).Value;
}
