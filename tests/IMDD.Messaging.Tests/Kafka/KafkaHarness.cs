using IMDD.Messaging.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Messaging.Tests.Kafka;

/// <summary>Clients by options, made as a service makes them.</summary>
internal sealed class KafkaHarness : IDisposable
{
    private readonly ServiceProvider _services;

    public KafkaHarness(string bootstrapServers, params (string Key, string Value)[] settings) => _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("Kafka:BootstrapServers", bootstrapServers),
                new("Kafka:SessionTimeout", "00:00:06"),
                .. settings.Select(s => KeyValuePair.Create($"Kafka:{s.Key}", (string?)s.Value)),
            ])
            .Build())
        .AddKafka()
        .BuildServiceProvider();

    public IKafkaClientFactory Factory => _services.GetRequiredService<IKafkaClientFactory>();

    public static KafkaRecord Record(string topic, string key, string value, params KeyValuePair<string, string>[] headers) =>
        new(topic, key, System.Text.Encoding.UTF8.GetBytes(value), headers, DateTimeOffset.UnixEpoch.AddDays(20_000));

    public void Dispose() => _services.Dispose();
}
