using IMDD.Cloud.Trainer;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;

namespace IMDD.Cli.Tests.Support;

/// <summary>A trainer as it runs in production, with a Kafka cluster; what is asked of it waits, since no registry answers.</summary>
internal sealed class RunningTrainer : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly EmbeddedKafkaCluster _kafka = new();
    private WebApplication? _app;

    public string Url => _app!.Urls.Single();

    public static async Task<RunningTrainer> StartAsync()
    {
        RunningTrainer trainer = new();
        foreach (var topic in new[] { KafkaTopics.Consensus, KafkaTopics.DefectDetected, KafkaTopics.HardExample, KafkaTopics.CameraStatistics })
        {
            trainer._kafka.CreateTopic(topic, 1);
        }

        trainer._app = await RunningService.StartAsync("trainer", trainer.Settings(), builder => builder.AddTrainer(), app => app.MapTrainer().MapImddDefaults());
        return trainer;
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _kafka.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }

    private IEnumerable<(string Key, string? Value)> Settings() =>
    [
        ("Kafka:BootstrapServers", _kafka.BootstrapServers),
        ("Blobs:Kind", "folder"),
        ("Blobs:Directory", _directory.File("blobs")),
        ("Trainer:Directory", _directory.File("trainer")),
        ("Trainer:RegistryUrl", $"http://127.0.0.1:{FreePort.Next()}"),
        ("Trainer:Gate:LabelledShare", "0.2"),

        // Never begun: it is only there.
        ("Trainer:Program", typeof(RunningTrainer).Assembly.Location),
    ];
}
