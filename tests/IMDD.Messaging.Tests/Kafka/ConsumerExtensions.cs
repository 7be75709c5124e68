using System.Diagnostics;
using IMDD.Messaging.Kafka;
using IMDD.Testing;

namespace IMDD.Messaging.Tests.Kafka;

/// <summary>Polling until enough has come.</summary>
internal static class ConsumerExtensions
{
    public static List<KafkaConsumed> ReadUntil(this IKafkaConsumer consumer, int count)
    {
        var read = new List<KafkaConsumed>();
        for (var waited = Stopwatch.StartNew(); read.Count < count && waited.Elapsed < Eventually.Timeout;)
        {
            if (consumer.Poll(TimeSpan.FromMilliseconds(100)) is { } record)
            {
                read.Add(record);
            }
        }

        read.Count.ShouldBe(count);
        return read;
    }
}
