using IMDD.Messaging.Kafka;

namespace IMDD.Cli.Watch;

/// <summary>Reads topics up to where they end now.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest silence while the end of a topic is not reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What a consumer with assigned topics has yet to read, partition by partition as it comes; what is written meanwhile is left.</summary>
    /// <exception cref="CommandFailedException">Kafka gives nothing for a while before the end.</exception>
    /// <exception cref="KafkaUnavailableException">The brokers do not say where the end is.</exception>
    public static IEnumerable<KafkaConsumed> ReadToEnd(IKafkaConsumer consumer, CancellationToken cancellationToken)
    {
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
                if (record.Offset + 1 >= end)
                {
                    open.Remove(partition);
                }

                yield return record;
            }
        }
    }
}
