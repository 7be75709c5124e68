using IMDD.Messaging.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cli.Tests.Support;

/// <summary>Clients of a cluster, as a service has them.</summary>
internal sealed class KafkaClients(string servers) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Kafka:BootstrapServers", servers)]).Build())
        .AddKafka()
        .BuildServiceProvider();

    public IKafkaConsumer Consumer() => _services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("reader");

    /// <summary>Publishes, and waits until all of it is persisted.</summary>
    public async Task ProduceAsync(params IEnumerable<KafkaRecord> records)
    {
        using var publisher = _services.GetRequiredService<IKafkaClientFactory>().CreatePublisher();
        foreach (var record in records)
        {
            publisher.TryPublish(record, report => report.Result.ShouldBe(PublishResult.Persisted)).ShouldBeTrue();
        }

        await publisher.FlushAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
