using IMDD.Contracts.Topics;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.Watch;

/// <summary>Reads Kafka topics without a group: watching moves nobody's position.</summary>
internal static class KafkaWatch
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>The topics meant: a full name, or those of ours whose name contains the word; all of ours for none.</summary>
    public static IReadOnlyList<string> TopicsOf(IReadOnlyList<string> words)
    {
        var ours = KafkaTopics.All.Select(topic => topic.Name).ToList();
        return words.Count == 0
            ? ours
            : [.. words.SelectMany(word => ours.Contains(word) || ours.TrueForAll(topic => !topic.Contains(word, StringComparison.OrdinalIgnoreCase))
                ? [word]
                : ours.Where(topic => topic.Contains(word, StringComparison.OrdinalIgnoreCase))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Shows records until there were <paramref name="count"/>, or the token fires.</summary>
    public static Task RunAsync(
        string? servers, IReadOnlyList<string> topics, bool fromBeginning, long count, Action<WatchedMessage> show, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                await using var services = WatchServices.Create([KeyValuePair.Create("Kafka:BootstrapServers", servers)]);
                using var consumer = services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("imdd-watch");
                consumer.Assign(topics, fromBeginning);
                for (var shown = 0L; shown < count && !cancellationToken.IsCancellationRequested;)
                {
                    if (consumer.Poll(PollTime) is { } record)
                    {
                        show(WatchedMessage.From(record));
                        shown++;
                    }
                }
            },
            CancellationToken.None);
}
