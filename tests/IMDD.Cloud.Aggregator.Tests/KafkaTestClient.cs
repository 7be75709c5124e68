using IMDD.Messaging.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cloud.Aggregator.Tests;

/// <summary>Puts records on Kafka and reads topics whole.</summary>
internal sealed class KafkaTestClient : IDisposable
{
    private readonly ServiceProvider _provider;
    private readonly IKafkaPublisher _publisher;

    public KafkaTestClient(string bootstrapServers)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Kafka:BootstrapServers"] = bootstrapServers }).Build();
        _provider = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddKafka().BuildServiceProvider();
        Factory = _provider.GetRequiredService<IKafkaClientFactory>();
        _publisher = Factory.CreatePublisher();
    }

    public IKafkaClientFactory Factory { get; }

    /// <summary>Publishes records by their topic, key, headers and value; partition and offset are Kafka's.</summary>
    public async Task PublishAsync(params IEnumerable<KafkaConsumed> records)
    {
        List<Task<PublishReport>> reports = [];
        foreach (var record in records)
        {
            TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
            while (!_publisher.TryPublish(new KafkaRecord(record.Topic, record.Key ?? "", record.Value, record.Headers, record.Timestamp), reported.SetResult))
            {
                await Task.Delay(5);
            }

            reports.Add(reported.Task);
        }

        (await Task.WhenAll(reports)).ShouldAllBe(report => report.Result == PublishResult.Persisted);
    }

    /// <summary>Reads from the beginning until the condition holds.</summary>
    public List<KafkaConsumed> ReadUntil(string topic, Func<List<KafkaConsumed>, bool> enough)
    {
        using var consumer = Factory.CreateConsumer($"reader-{Guid.NewGuid():N}");
        consumer.Assign([topic], fromBeginning: true);
        List<KafkaConsumed> records = [];
        var started = TimeProvider.System.GetTimestamp();
        while (!enough(records))
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(60), $"{records.Count} records on {topic}");
            if (consumer.Poll(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _provider.Dispose();
    }
}
