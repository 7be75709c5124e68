using System.Globalization;
using IMDD.Cloud.Registry;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;

namespace IMDD.Cli.Tests.Support;

/// <summary>A registry as it runs in production, with a broker and a Kafka cluster.</summary>
internal sealed class RunningRegistry : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EmbeddedKafkaCluster _kafka = new();
    private EmbeddedMqttBroker? _broker;
    private WebApplication? _app;

    public string Url => _app!.Urls.Single();

    public string DatabaseFile => Path.Combine(_directory.File("registry"), "registry.db");

    public string PublicKeyFile => Path.Combine(_directory.File("registry"), "release.key.pub");

    public static async Task<RunningRegistry> StartAsync(params (string Key, string? Value)[] settings)
    {
        RunningRegistry registry = new();
        registry._kafka.CreateTopic(KafkaTopics.ModelReleased, 1);
        registry._kafka.CreateTopic(KafkaTopics.ModelRollout, 1);
        registry._broker = await EmbeddedMqttBroker.StartAsync();
        registry._app = await RunningService.StartAsync(
            "registry", registry.Settings().Concat(settings), builder => builder.AddRegistry(), app => app.MapRegistry().MapImddDefaults());
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _broker!.DisposeAsync();
        _kafka.Dispose();
        _directory.Dispose();
    }

    private IEnumerable<(string Key, string? Value)> Settings() =>
    [
        ("Kafka:BootstrapServers", _kafka.BootstrapServers),
        ("Mqtt:Port", _broker!.Port.ToString(CultureInfo.InvariantCulture)),
        ("Registry:Directory", _directory.File("registry")),
        ("Registry:PublishPeriod", "00:00:00.050"),
        ("Blobs:Kind", "folder"),
        ("Blobs:Directory", _directory.File("blobs")),
    ];
}
