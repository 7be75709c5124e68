using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Hosting;
using IMDD.Messaging.Kafka;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Curator.Tests;

/// <summary>A curator as it runs in production: real Kestrel on a port of its own, real Kafka client, real clock.</summary>
internal sealed class RunningCurator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDirectory _directory;

    private RunningCurator(WebApplication app, TestDirectory directory)
    {
        (_app, _directory) = (app, directory);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    private IKafkaClientFactory Kafka => _app.Services.GetRequiredService<IKafkaClientFactory>();

    public static async Task<RunningCurator> StartAsync(string bootstrapServers, string blindShare = "0")
    {
        TestDirectory directory = new();
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("curator");
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = bootstrapServers;
        builder.Configuration["Curator:Directory"] = directory.File("state");
        builder.Configuration["Curator:BlindShare"] = blindShare;
        builder.Configuration["Curator:EmitPeriod"] = "00:00:00.200";
        builder.Configuration["Blobs:Directory"] = directory.File("blobs");
        builder.AddCurator();
        var app = builder.Build();
        app.MapCurator().MapImddDefaults();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningCurator(app, directory);
    }

    public async Task PublishAsync(params IEnumerable<KafkaConsumed> records)
    {
        using var publisher = Kafka.CreatePublisher();
        foreach (var record in records)
        {
            TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
            publisher.TryPublish(new KafkaRecord(record.Topic, record.Key ?? "", record.Value, record.Headers, record.Timestamp), reported.SetResult).ShouldBeTrue();
            (await reported.Task).Result.ShouldBe(PublishResult.Persisted);
        }
    }

    public async Task<T> GetAsync<T>(string path)
        => ImddJson.Deserialize<T>(await Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken));

    /// <summary>Asks until the answer is as wanted.</summary>
    public async Task WaitForAsync<T>(string path, Func<T, bool> wanted) => await Eventually.HoldsAsync(async () => wanted(await GetAsync<T>(path)));

    /// <summary>Reads labels from the beginning until there are as many.</summary>
    public List<ExampleLabel> ReadUntil(string topic, int count)
    {
        using var consumer = Kafka.CreateConsumer("reader");
        consumer.Assign([topic], fromBeginning: true);
        List<ExampleLabel> labels = [];
        var started = TimeProvider.System.GetTimestamp();
        while (labels.Count < count)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(60), $"{labels.Count} labels");
            if (consumer.Poll(TimeSpan.FromMilliseconds(200)) is { } record)
            {
                labels.Add(EventReader.Read<ExampleLabel>(KafkaBinding.Read(record.Headers, record.Value!.Value), EventTypes.ExampleLabelled));
            }
        }

        return labels;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Dispose();
    }
}
