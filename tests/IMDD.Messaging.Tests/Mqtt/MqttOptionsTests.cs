using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IMDD.Messaging.Tests.Mqtt;

public sealed class MqttOptionsTests
{
    [Fact]
    public void AddMqtt_SeveralErrors_NamesThemAll()
    {
        var exception = Should.Throw<OptionsValidationException>(() => Options<MqttSessionOptions>(
            ("Mqtt:ClientId", ""), ("Mqtt:Port", "70000"), ("Mqtt:CertificateFile", "/nowhere.pem"), ("Mqtt:Password", "x")));
        exception.Failures.Count().ShouldBeGreaterThanOrEqualTo(5);
        foreach (var key in new[] { "ClientId", "Port", "KeyFile", "UseTls", "/nowhere.pem", "Username" })
        {
            exception.Failures.ShouldContain(f => f.Contains(key, StringComparison.Ordinal), key);
        }
    }

    [Fact]
    public void AddKafka_SeveralErrors_NamesThemAll()
    {
        var exception = Should.Throw<OptionsValidationException>(() => Options<KafkaOptions>(
            ("Kafka:SecurityProtocol", "sasl_ssl"), ("Kafka:Compression", "gzip"), ("Kafka:SslCaFile", "/nowhere.pem"), ("Kafka:QueueRecords", "0")));
        foreach (var key in new[] { "SaslMechanism", "Compression", "/nowhere.pem", "QueueRecords" })
        {
            exception.Failures.ShouldContain(f => f.Contains(key, StringComparison.Ordinal), key);
        }
    }

    private static T Options<T>(params (string Key, string Value)[] settings)
        where T : class
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build())
            .AddMqtt()
            .AddKafka()
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<T>>().Value;
    }
}
