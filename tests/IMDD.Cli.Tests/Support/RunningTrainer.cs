using IMDD.Cloud.Trainer;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

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

        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("trainer");
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = trainer._kafka.BootstrapServers;
        builder.Configuration["Blobs:Kind"] = "folder";
        builder.Configuration["Blobs:Directory"] = trainer._directory.File("blobs");
        builder.Configuration["Trainer:Directory"] = trainer._directory.File("trainer");
        builder.Configuration["Trainer:RegistryUrl"] = $"http://127.0.0.1:{FreePort.Next()}";
        builder.Configuration["Trainer:Gate:LabelledShare"] = "0.2";

        // Never begun: it is only there.
        builder.Configuration["Trainer:Program"] = typeof(RunningTrainer).Assembly.Location;
        builder.AddTrainer();
        trainer._app = builder.Build();
        trainer._app.MapTrainer().MapImddDefaults();
        await trainer._app.StartAsync(TestContext.Current.CancellationToken);
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
}
