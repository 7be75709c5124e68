using System.Collections.Concurrent;
using System.Globalization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Inspection;
using IMDD.Hosting;
using IMDD.Imaging;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>A whole agent in this process with a broker and a Kafka cluster over TCP, a camera that sends, and readers at both ends.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    public const string Asset = "acme/ulm/paint/line2/cell3";
    private const string Boot = "boot1";

    private readonly TestDirectory _directory = new();
    private readonly CancellationTokenSource _readerStop = new();
    private readonly ConcurrentQueue<KafkaConsumed> _records = new();
    private readonly ConcurrentQueue<OutcomeReceipt> _receipts = new();
    private readonly IAsyncDisposable _broker;
    private readonly int _port;
    private readonly ServiceProvider _clients;
    private readonly Task _reading;
    private WebApplication? _app;
    private IMqttSession? _camera;
    private long _sequence;

    private AgentHarness(IAsyncDisposable broker, int port, EmbeddedKafkaCluster kafka)
    {
        (_broker, _port) = (broker, port);
        Kafka = kafka;
        foreach (var topic in KafkaTopics.All.Select(t => t.Name).Append(KafkaTopics.DeadLetter(KafkaTopics.FrameStored)))
        {
            kafka.CreateTopic(topic, 2);
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = kafka.BootstrapServers,
            ["Mqtt:ClientId"] = "camera",
        }).Build());
        services.AddLogging().AddMqtt().AddKafka();
        _clients = services.BuildServiceProvider();
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The broker, where it is the one in this process.</summary>
    public EmbeddedMqttBroker Broker => (EmbeddedMqttBroker)_broker;

    public EmbeddedKafkaCluster Kafka { get; }

    public FakeSegmenter Segmenter { get; } = new();

    /// <summary>Decoder of the agent; null: the real one.</summary>
    public IImageDecoder? Decoder { get; set; }

    /// <summary>Blob store of the agent; null: a folder.</summary>
    public IBlobStore? Blobs { get; set; }

    /// <summary>The agent's clock; null: the machine's.</summary>
    public TimeProvider? Time { get; set; }

    /// <summary>True: the agent runs the bundle it is shipped with, not <see cref="Segmenter"/>.</summary>
    public bool HasRealModel { get; set; }

    public string StoreFolder => _directory.File("store");

    public string DeadLetters => Path.Combine(StoreFolder, "dead-letters");

    public IServiceProvider Services => _app!.Services;

    public IReadOnlyCollection<OutcomeReceipt> Receipts => _receipts;

    public static async Task<AgentHarness> StartBrokersAsync()
    {
        var broker = await EmbeddedMqttBroker.StartAsync();
        return new(broker, broker.Port, new EmbeddedKafkaCluster());
    }

    /// <summary>The same with mosquitto, which must be there.</summary>
    public static async Task<AgentHarness> StartMosquittoAsync()
    {
        var broker = await MosquittoBroker.StartAsync();
        return new(broker, broker.Port, new EmbeddedKafkaCluster());
    }

    /// <summary>Broker, cluster and an agent with these settings.</summary>
    public static async Task<AgentHarness> StartAsync(params (string Key, string Value)[] settings)
    {
        var harness = await StartBrokersAsync();
        await harness.StartAgentAsync(settings);
        return harness;
    }

    /// <summary>A session of another client with the broker, not started.</summary>
    public IMqttSession Session(string clientId)
        => _clients.GetRequiredService<IMqttSessionFactory>().Create(new MqttSessionOptions { Port = _port, ClientId = clientId });

    /// <summary>An agent as a process of its own, and the camera.</summary>
    public async Task<AgentProcess> StartProcessAsync(string? crashPoint, params (string Key, string Value)[] settings)
    {
        _camera ??= await StartCameraAsync();
        return new AgentProcess(Settings([("Logging:LogLevel:IMDD.Edge", "Information"), .. settings]), crashPoint);
    }

    public async Task StartAgentAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Settings(settings));
        builder.AddImddDefaults("edge-agent");
        if (!HasRealModel)
        {
            builder.Services.AddSingleton<IModelLoader>(new FakeModelLoader(Segmenter));
        }

        if (Time is { } time)
        {
            builder.Services.AddSingleton(time);
        }

        if (Decoder is { } decoder)
        {
            builder.Services.AddSingleton(decoder);
        }

        builder.AddEdgeAgent();
        if (Blobs is { } blobs)
        {
            builder.Services.AddSingleton(blobs);
        }

        _app = builder.Build();
        _app.MapEdgeAgent();
        _app.MapImddDefaults();
        await _app.StartAsync();
        _camera ??= await StartCameraAsync();

        // This camera has no gateway that would send again what a broker without a subscriber has dropped.
        var sessions = _app.Services.GetRequiredService<AgentSessions>();
        await Eventually.HoldsAsync(() => sessions.IsConnected);
    }

    public async Task StopAgentAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>A frame of the camera with the next sequence number; its id.</summary>
    public async Task<string> SendAsync(byte[] image, string camera = "cam1", long? sequence = null, string contentType = "image/png", Func<MqttOutgoing, MqttOutgoing>? change = null)
    {
        var number = sequence ?? Interlocked.Increment(ref _sequence);
        var now = TimeProvider.System.GetUtcNow();
        var publication = MqttPublications.Frame(new FrameCapture
        {
            Camera = Camera(camera),
            BootId = Boot,
            Sequence = number,
            Time = now,
            RecordedTime = now,
            Image = image,
            ContentType = contentType,
            PartId = $"P{number}",
            Clock = new ClockQuality("ptp"),
        });
        var message = publication.ToOutgoing();
        await _camera!.PublishAsync(change is null ? message : change(message), CancellationToken.None);
        return EventId.ForFrame(Boot, number);
    }

    /// <summary>A message as it is.</summary>
    public Task SendRawAsync(MqttOutgoing message) => _camera!.PublishAsync(message, CancellationToken.None);

    public static CameraPath Camera(string name) => new(AssetPath.Parse(Asset), name);

    public IReadOnlyList<KafkaConsumed> Records(string topic) => [.. _records.Where(r => r.Topic == topic)];

    public IReadOnlyList<InspectionOutcome> Outcomes()
        => [.. Records(KafkaTopics.Outcome).Select(r => ImddJson.Deserialize<InspectionOutcome>(r.Value!.Value.Span))];

    public IReadOnlyList<DefectDetected> Defects()
        => [.. Records(KafkaTopics.DefectDetected).Select(r => ImddJson.Deserialize<DefectDetected>(r.Value!.Value.Span))];

    public IReadOnlyList<HardExample> Examples()
        => [.. Records(KafkaTopics.HardExample).Select(r => ImddJson.Deserialize<HardExample>(r.Value!.Value.Span))];

    /// <summary>Waits until so many distinct outcomes are on Kafka.</summary>
    public async Task<IReadOnlyList<InspectionOutcome>> OutcomesAsync(int count)
    {
        await Eventually.HoldsAsync(() => Outcomes().DistinctBy(o => (o.CameraId, o.FrameId)).Count() >= count);
        return Outcomes();
    }

    public async ValueTask DisposeAsync()
    {
        if (_camera is not null)
        {
            await _camera.DisposeAsync();
        }

        if (_app is not null)
        {
            await StopAgentAsync();
        }

        await _readerStop.CancelAsync();
        await _reading;
        await _clients.DisposeAsync();
        await _broker.DisposeAsync();
        Kafka.Dispose();
        _readerStop.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string?> Settings((string Key, string Value)[] settings)
    {
        Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase)
        {
            ["Edge:Agent:Asset"] = Asset,
            ["Edge:Agent:Name"] = "box7",
            ["Edge:Store:Directory"] = StoreFolder,
            ["Mqtt:Port"] = _port.ToString(CultureInfo.InvariantCulture),
            ["Kafka:BootstrapServers"] = Kafka.BootstrapServers,
            ["Kafka:DeliveryTimeout"] = "00:00:05",
            ["Blobs:Kind"] = "folder",
            ["Blobs:Directory"] = _directory.File("blobs"),
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:IMDD.Messaging"] = "Error",
            ["urls"] = "http://127.0.0.1:0",
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        return values;
    }

    private async Task<IMqttSession> StartCameraAsync()
    {
        var session = _clients.GetRequiredService<IMqttSessionFactory>().Create(new MqttSessionOptions { Port = _port, ClientId = "camera" });
        await session.SubscribeAsync(MqttTopics.CellFilter(AssetPath.Parse(Asset), "outcome"), (delivery, _) =>
        {
            _receipts.Enqueue(ImddJson.Deserialize<OutcomeReceipt>(delivery.Message.Payload.Span));
            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        });
        await session.StartAsync(CancellationToken.None);
        return session;
    }

    private void Read()
    {
        using var consumer = _clients.GetRequiredService<IKafkaClientFactory>().CreateConsumer("judge");
        consumer.Assign([.. KafkaTopics.All.Select(t => t.Name)], fromBeginning: true);
        while (!_readerStop.IsCancellationRequested)
        {
            if (consumer.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
            {
                _records.Enqueue(record);
            }
        }
    }
}
