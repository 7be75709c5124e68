using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using IMDD.Cloud.Registry;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Storage;
using IMDD.Storage.Folder;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>A registry, Kafka, blobs, and trainers, in this process or in one of their own.</summary>
internal sealed class Plant : IAsyncDisposable
{
    public const string Model = "edge-nano";

    private readonly EmbeddedKafkaCluster _kafka = new();
    private readonly List<WebApplication> _apps = [];
    private readonly List<Process> _processes = [];
    private EmbeddedMqttBroker? _broker;
    private Uri? _registryUrl;

    private Plant()
    {
    }

    public TestDirectory Directory { get; } = new();

    public HttpClient Registry { get; private set; } = default!;

    /// <summary>Where frames are.</summary>
    public IBlobStore Blobs => new FolderBlobStore(Directory.File("blobs"));

    public string Work => Directory.File("trainer/work");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Plant> StartAsync(bool runProbes = false)
    {
        Plant plant = new();
        foreach (var topic in new[] { KafkaTopics.ModelReleased, KafkaTopics.ModelRollout, KafkaTopics.Consensus, KafkaTopics.Consensus + ".dlq", KafkaTopics.DefectDetected, KafkaTopics.HardExample, KafkaTopics.CameraStatistics })
        {
            plant._kafka.CreateTopic(topic, 1);
        }

        plant._broker = await EmbeddedMqttBroker.StartAsync();
        var app = await plant.HostAsync(
            "registry",
            [
                ("Mqtt:Port", plant._broker.Port.ToString(CultureInfo.InvariantCulture)), ("Registry:Directory", plant.Directory.File("registry")),
                ("Registry:RunProbes", runProbes ? "true" : "false"), ("Blobs:Directory", plant.Directory.File("models")),
            ],
            builder => builder.AddRegistry(),
            app => app.MapRegistry());
        plant._registryUrl = new Uri(app.Urls.Single());
        plant.Registry = new HttpClient { BaseAddress = plant._registryUrl };
        return plant;
    }

    /// <summary>The settings of every trainer of this plant, over one database.</summary>
    public (string Key, string Value)[] Settings(string program, params (string Key, string Value)[] more) =>
    [
        ("Kafka:BootstrapServers", _kafka.BootstrapServers), ("Trainer:Directory", Directory.File("trainer")), ("Trainer:RegistryUrl", _registryUrl!.ToString()),
        ("Trainer:Model", Model), ("Trainer:Program", program), ("Trainer:PollPeriod", "00:00:00.100"), ("Trainer:EmitPeriod", "00:00:00.200"),
        ("Trainer:LeaseTime", "00:00:02"), ("Trainer:MinimumPause", "00:00:00"), ("Trainer:StopTime", "00:00:05"), ("Trainer:NewLabels", "0"),
        ("Trainer:Gate:LabelledShare", "0.3"), ("Blobs:Directory", Directory.File("blobs")), .. more,
    ];

    /// <summary>A trainer in this process.</summary>
    public async Task<Trainer> StartTrainerAsync(string program, params (string Key, string Value)[] more)
        => new(await HostAsync("trainer", Settings(program, more), builder => builder.AddTrainer(), app => app.MapTrainer()));

    /// <summary>A trainer in a process of its own, which can be stopped and killed.</summary>
    public async Task<TrainerProcess> StartTrainerProcessAsync(string program, params (string Key, string Value)[] more)
    {
        var port = FreePort.Next();
        ProcessStartInfo start = new(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "IMDD.Cloud.Trainer.dll"), $"--urls=http://127.0.0.1:{port}",
                .. Settings(program, more).Select(s => $"--{s.Key}={s.Value}"),
            ])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        TrainerProcess trainer = new(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });
        await Eventually.HoldsAsync(trainer.AnswersAsync);
        return trainer;
    }

    /// <summary>Registers a bundle and makes it the champion; gives its digest.</summary>
    public async Task<string> CrownAsync(string folder)
    {
        var manifest = ImddJson.Deserialize<BundleManifest>(File.ReadAllBytes(Path.Combine(folder, "manifest.json"))) with { Name = Model };
        foreach (var file in manifest.Files)
        {
            using ByteArrayContent content = new(File.ReadAllBytes(Path.Combine(folder, file.Path)));
            (await Registry.PutAsync(RegistryRoutes.For(RegistryRoutes.Blob, "sha256:" + file.Sha256), content, Stop)).EnsureSuccessStatusCode();
        }

        var made = await ReadAsync<ModelVersionView>(await PostAsync(RegistryRoutes.Model, new RegisterModel { Manifest = manifest, By = "test" }));
        await ReadAsync<RolloutView>(await PostAsync(RegistryRoutes.Promote, new PromoteModel { Digest = made.Model.Digest, By = "test" }));
        return made.Model.Digest;
    }

    public Task<string> CrownShippedAsync() => CrownAsync(Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast"));

    public async Task<ModelView> ModelAsync() => ImddJson.Deserialize<ModelView>(await Registry.GetByteArrayAsync(RegistryRoutes.For(RegistryRoutes.Model, Model), Stop));

    public Task<HttpResponseMessage> PostAsync<T>(string route, T request)
        => Registry.PostAsync(RegistryRoutes.For(route, Model), JsonContent.Create(request, options: ImddJson.Options), Stop);

    /// <summary>Stores the pictures and publishes.</summary>
    public async Task PublishAsync(params KafkaConsumed[] records)
    {
        var services = _apps[0].Services;
        using var publisher = services.GetRequiredService<IKafkaClientFactory>().CreatePublisher();
        foreach (var record in records)
        {
            TaskCompletionSource<PublishReport> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
            publisher.TryPublish(new KafkaRecord(record.Topic, record.Key ?? "", record.Value, record.Headers, record.Timestamp), reported.SetResult).ShouldBeTrue();
            (await reported.Task).Result.ShouldBe(PublishResult.Persisted);
        }
    }

    /// <summary>Types and ids of what the registry has said of a release, in order, and whatever comes within a second.</summary>
    public IReadOnlyList<(string Type, string Id)> Said(string digest)
    {
        using var consumer = _apps[0].Services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("judge");
        consumer.Assign([KafkaTopics.ModelReleased], fromBeginning: true);
        List<(string, string)> said = [];
        for (var quiet = 0; quiet < 20;)
        {
            if (consumer.Poll(TimeSpan.FromMilliseconds(50)) is not { } record)
            {
                quiet++;
            }
            else if (Header(record, "ce_" + CloudEventAttributes.ModelDigest) == digest)
            {
                said.Add((Header(record, "ce_type")!, Header(record, "ce_id")!));
            }
        }

        return said;

        static string? Header(KafkaConsumed record, string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(Stop);
        response.IsSuccessStatusCode.ShouldBeTrue(System.Text.Encoding.UTF8.GetString(bytes));
        return ImddJson.Deserialize<T>(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            process.Dispose();
        }

        foreach (var app in Enumerable.Reverse(_apps))
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        Registry.Dispose();
        await _broker!.DisposeAsync();
        _kafka.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Dispose();
    }

    private async Task<WebApplication> HostAsync(
        string name, (string Key, string Value)[] settings, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults(name);
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Configuration["Kafka:BootstrapServers"] = _kafka.BootstrapServers;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        add(builder);
        var app = builder.Build();
        map(app);
        app.MapImddDefaults();
        await app.StartAsync(Stop);
        _apps.Add(app);
        return app;
    }
}
