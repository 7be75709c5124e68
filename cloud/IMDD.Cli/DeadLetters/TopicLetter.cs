using System.Globalization;
using IMDD.Cli.Watch;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.DeadLetters;

/// <summary>A record of a dead-letter topic.</summary>
internal sealed class TopicLetter(KafkaConsumed record) : IDeadLetter
{
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
            return [.. TopicReader.ReadToEnd(consumer, cancellationToken).OrderBy(record => record.Timestamp).Select(record => new TopicLetter(record))];
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

    private static string? Header(KafkaConsumed record, string name) => record.Headers.FirstOrDefault(h => h.Key == name).Value;
}
