using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Topics;
using IMDD.Hosting;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Registry.Tests;

/// <summary>A registry as it runs in production, with a broker, a Kafka cluster, and an agent's session with the broker.</summary>
internal sealed class RunningRegistry : IAsyncDisposable
{
    public const string Asset = "acme/ulm/paint/line2/cell3";

    private readonly TestDirectory _directory = new();
    private readonly EmbeddedKafkaCluster _kafka = new();
    private readonly CancellationTokenSource _readerStop = new();
    private readonly ConcurrentQueue<KafkaConsumed> _records = new();
    private readonly ConcurrentQueue<(string Topic, DesiredModels Wish, bool Retain)> _wishes = new();
    private readonly ConcurrentQueue<string> _takenBack = new();
    private readonly (string Key, string? Value)[] _settings;
    private EmbeddedMqttBroker? _broker;
    private WebApplication? _app;
    private IMqttSession? _agent;
    private Task _reading = Task.CompletedTask;
    private HttpClient? _http;

    private RunningRegistry((string Key, string? Value)[] settings) => _settings = settings;

    public HttpClient Http => _http!;

    public string PublicKeyFile => Path.Combine(_directory.File("registry"), "release.key.pub");

    /// <summary>Wishes that the broker has sent on.</summary>
    public IReadOnlyList<(string Topic, DesiredModels Wish, bool Retain)> Wishes => [.. _wishes];

    /// <summary>Topics of wishes that were taken back.</summary>
    public IReadOnlyList<string> TakenBack => [.. _takenBack];

    /// <summary>The registry's clock; it may be set forward.</summary>
    public ShiftedTime Time { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public string DatabaseFile => Path.Combine(_directory.File("registry"), "registry.db");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RunningRegistry> StartAsync(params (string Key, string? Value)[] settings)
    {
        RunningRegistry registry = new(settings);
        foreach (var topic in new[] { KafkaTopics.ModelReleased, KafkaTopics.ModelRollout })
        {
            registry._kafka.CreateTopic(topic, 1);
        }

        registry._broker = await EmbeddedMqttBroker.StartAsync();
        await registry.StartServiceAsync();
        await registry.StartClientsAsync();
        return registry;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public Task StopAsync() => StopServiceAsync();

    public Task StartAgainAsync() => StartServiceAsync();

    /// <summary>The registry as a process of its own, in place of the one here.</summary>
    public ToolProcess StartProcess() => new(
        Path.Combine(AppContext.BaseDirectory, "IMDD.Cloud.Registry"), Settings().Where(setting => setting.Value is not null).Select(setting => $"--{setting.Key}={setting.Value}"));

    /// <summary>Stores the files and registers.</summary>
    public async Task<HttpResponseMessage> TryRegisterAsync(TestBundle bundle, Func<RegisterModel, RegisterModel>? change = null)
    {
        foreach (var content in bundle.Files.Values)
        {
            (await PutAsync(ContentDigest.Of(content), content)).EnsureSuccessStatusCode();
        }

        RegisterModel request = new() { Manifest = bundle.Manifest, By = "test" };
        return await PostAsync(RegistryRoutes.For(RegistryRoutes.Model, TestBundle.Name), change is null ? request : change(request));
    }

    public async Task<ModelVersionView> RegisterAsync(TestBundle bundle, Func<RegisterModel, RegisterModel>? change = null)
        => await ReadAsync<ModelVersionView>(await TryRegisterAsync(bundle, change));

    public Task<HttpResponseMessage> PutAsync(string digest, byte[] content)
        => Http.PutAsync(RegistryRoutes.For(RegistryRoutes.Blob, digest), new ByteArrayContent(content), Stop);

    public Task<HttpResponseMessage> PostAsync<T>(string path, T request) => Http.PostAsync(path, JsonContent.Create(request, options: ImddJson.Options), Stop);

    public async Task<RolloutView> PromoteAsync(string digest, params string[] agents)
        => await ReadAsync<RolloutView>(await PostAsync(RegistryRoutes.For(RegistryRoutes.Promote, TestBundle.Name), new PromoteModel { Digest = digest, Agents = agents, AllowUnknown = true, By = "test" }));

    public Task<ModelView> ModelAsync() => GetAsync<ModelView>(RegistryRoutes.For(RegistryRoutes.Model, TestBundle.Name));

    public Task<List<AgentRolloutView>> AgentsAsync() => GetAsync<List<AgentRolloutView>>(RegistryRoutes.Agents);

    public async Task<T> GetAsync<T>(string path) => ImddJson.Deserialize<T>(await Http.GetByteArrayAsync(path, Stop));

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(Stop);
        response.IsSuccessStatusCode.ShouldBeTrue(System.Text.Encoding.UTF8.GetString(bytes));
        return ImddJson.Deserialize<T>(bytes);
    }

    /// <summary>Events of a type on a topic, by their data.</summary>
    public IReadOnlyList<(string Key, T Data)> Events<T>(string topic, string type) =>
    [
        .. _records.Where(r => r.Topic == topic && r.Headers.Any(h => h.Key == "ce_type" && h.Value == type))
            .Select(r => (r.Key!, ImddJson.Deserialize<T>(r.Value!.Value.Span))),
    ];

    public Task SayAsync(MqttPublication publication) => _agent!.PublishAsync(publication.ToOutgoing(), Stop);

    /// <summary>The context of an agent's events.</summary>
    public static EventContext Context(string agent = "box7")
    {
        var now = TimeProvider.System.GetUtcNow();
        return new EventContext { Source = EventSource.Agent(AssetPath.Parse(Asset), agent), Time = now, RecordedTime = now };
    }

    public async ValueTask DisposeAsync()
    {
        await StopServiceAsync();
        await _agent!.DisposeAsync();
        await _readerStop.CancelAsync();
        await _reading;
        await _broker!.DisposeAsync();
        _kafka.Dispose();
        _readerStop.Dispose();
        _directory.Dispose();
    }

    private async Task StartServiceAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddImddDefaults("registry");
        builder.Logging.ClearProviders();
        foreach (var (key, value) in Settings())
        {
            builder.Configuration[key] = value;
        }

        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.AddRegistry();
        _app = builder.Build();
        _app.MapRegistry().MapImddDefaults();
        await _app.StartAsync(Stop);
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    private IEnumerable<(string Key, string? Value)> Settings() =>
    [
        ("urls", "http://127.0.0.1:0"),
        ("Kafka:BootstrapServers", _kafka.BootstrapServers),
        ("Mqtt:Port", _broker!.Port.ToString(CultureInfo.InvariantCulture)),
        ("Registry:Directory", _directory.File("registry")),
        ("Registry:PublishPeriod", "00:00:00.050"),
        ("Blobs:Kind", "folder"),
        ("Blobs:Directory", _directory.File("blobs")),
        .. _settings,
    ];

    private async Task StopServiceAsync()
    {
        _http?.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task StartClientsAsync()
    {
        var services = _app!.Services;
        _agent = services.GetRequiredService<IMqttSessionFactory>().Create(new MqttSessionOptions { Port = _broker!.Port, ClientId = "agents" });
        await _agent.SubscribeAsync($"{MqttTopics.Root}/+/+/+/+/+/desired/+", (delivery, _) =>
        {
            if (delivery.Message.Payload.IsEmpty)
            {
                _takenBack.Enqueue(delivery.Message.Topic);
            }
            else
            {
                _wishes.Enqueue((delivery.Message.Topic, ImddJson.Deserialize<DesiredModels>(delivery.Message.Payload.Span), delivery.Message.Retain));
            }

            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        });
        await _agent.StartAsync(Stop);
        var consumer = services.GetRequiredService<IKafkaClientFactory>().CreateConsumer("judge");
        _reading = Task.Factory.StartNew(() =>
        {
            using (consumer)
            {
                consumer.Assign([KafkaTopics.ModelReleased, KafkaTopics.ModelRollout], fromBeginning: true);
                while (!_readerStop.IsCancellationRequested)
                {
                    if (consumer.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                    {
                        _records.Enqueue(record);
                    }
                }
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
