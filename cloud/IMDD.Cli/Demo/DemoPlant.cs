using IMDD.Cloud.Aggregator;
using IMDD.Cloud.Curator;
using IMDD.Cloud.Dashboard;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Edge.Agent;
using IMDD.Edge.Camera;
using IMDD.Edge.Camera.Gateway;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;

namespace IMDD.Cli.Demo;

/// <summary>A whole plant in this process: broker, Kafka, blobs, camera gateway, agent, aggregator, curator and page, all over TCP on loopback.</summary>
internal sealed class DemoPlant : IAsyncDisposable
{
    /// <summary>The cell that the demo's cameras look at.</summary>
    public const string Cell = "demo/ulm/paint/line1/cell1";

    /// <summary>The model that the demo runs: it finds and names the defects of synthetic surfaces.</summary>
    public const string DefaultBundle = "surfaces";

    /// <summary>The model for a line that has none yet.</summary>
    public const string ColdStartBundle = "contrast";

    private const string DeliveryLog = "delivered.jsonl";

    private readonly DemoFolder _folder;
    private readonly List<DemoService> _services = [];
    private EmbeddedMqttBroker? _mqtt;
    private EmbeddedKafkaCluster? _kafka;
    private DemoService? _cameras;
    private HttpClient? _aggregator;

    private DemoPlant(DemoFolder folder) => (_folder, Sent) = (folder, new SentFrames(folder.PathOf(DeliveryLog)));

    public int MqttPort => _mqtt!.Port;

    public string KafkaServers => _kafka!.BootstrapServers;

    public Uri PageUrl { get; private set; } = default!;

    public Uri AggregatorUrl => _aggregator!.BaseAddress!;

    public OutcomeJudge Judge { get; private set; } = default!;

    public SentFrames Sent { get; }

    /// <summary>Name of a service that stopped though nobody stopped it; null while all run.</summary>
    public string? Broken => _services.Find(service => service.Stopping.IsCancellationRequested)?.Name;

    /// <summary>Starts everything; cameras last, so that the first frame finds all of it.</summary>
    public static async Task<DemoPlant> StartAsync(DemoSettings settings, DemoFolder folder, CancellationToken cancellationToken)
    {
        DemoPlant plant = new(folder);
        try
        {
            await plant.StartAsync(settings, cancellationToken);
            return plant;
        }
        catch
        {
            await plant.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the aggregator has counted.</summary>
    public async Task<long> AggregatedAsync(CancellationToken cancellationToken)
        => (await _aggregator!.GetFromJsonAsync<AggregateTotals>(QueryRoutes.Totals, ImddJson.Options, cancellationToken))!.Outcomes;

    /// <summary>The cameras take no more pictures; what they took is seen through.</summary>
    public void EndCapture() => _cameras?.Services.GetRequiredService<CameraGatewayStatus>().EndCapture();

    public async ValueTask DisposeAsync()
    {
        // In the order in which frames flow: nobody is stopped while another still sends to it.
        for (var i = _services.Count - 1; i >= 0; i--)
        {
            await _services[i].DisposeAsync();
        }

        if (Judge is not null)
        {
            await Judge.DisposeAsync();
        }

        _aggregator?.Dispose();
        _kafka?.Dispose();
        if (_mqtt is not null)
        {
            await _mqtt.DisposeAsync();
        }
    }

    private static Dictionary<string, object> Settings(params (string Key, object Value)[] settings)
        => settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);

    private async Task StartAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        _mqtt = await EmbeddedMqttBroker.StartAsync(LoopbackPort.FirstFree(settings.MqttPort));
        _kafka = new EmbeddedKafkaCluster(brokers: 1, settings.KafkaPort);

        var aggregator = await DemoService.StartAsync(
            "aggregator",
            port: 0,
            Settings(("Kafka:BootstrapServers", KafkaServers), ("Aggregator:Directory", _folder.PathOf("aggregator"))),
            builder => builder.AddAggregator(),
            app => app.MapAggregator(),
            cancellationToken);
        _services.Add(aggregator);
        _aggregator = new HttpClient { BaseAddress = aggregator.Url };
        Judge = new OutcomeJudge(aggregator.Services.GetRequiredService<IKafkaClientFactory>(), TimeProvider.System);

        var curator = await DemoService.StartAsync(
            "curator",
            port: 0,
            Settings(
                ("Kafka:BootstrapServers", KafkaServers), ("Curator:Directory", _folder.PathOf("curator")), ("Blobs:Directory", _folder.PathOf("blobs"))),
            builder => builder.AddCurator(),
            app => app.MapCurator(),
            cancellationToken);
        _services.Add(curator);

        var page = await DemoService.StartAsync(
            "dashboard",
            LoopbackPort.FirstFree(settings.PagePort),
            Settings(
                ("Dashboard:AggregatorUrl", aggregator.Url), ("Dashboard:CuratorUrl", curator.Url), ("Blobs:Directory", _folder.PathOf("blobs"))),
            builder => builder.AddDashboard(),
            app => app.MapDashboard(),
            cancellationToken);
        _services.Add(page);
        PageUrl = page.Url;

        _services.Add(await DemoService.StartAsync(
            "edge-agent",
            port: 0,
            Settings(
                ("Mqtt:Port", MqttPort),
                ("Kafka:BootstrapServers", KafkaServers),
                ("Blobs:Directory", _folder.PathOf("blobs")),
                ("Edge:Agent:Asset", Cell),
                ("Edge:Agent:Name", "box1"),
                ("Edge:Model:BundleDirectory", BundleOf(settings)),

                // Who names a bundle on the command line vouches for it.
                ("Edge:Model:AllowUnsigned", settings.Bundle is not null),
                ("Edge:Recipe:Id", "demo@1"),
                ("Edge:Recipe:MinAreaPx", 64),
                ("Edge:Store:Directory", _folder.PathOf("agent"))),
            builder => builder.AddEdgeAgent(),
            app => app.MapEdgeAgent(),
            cancellationToken));

        _cameras = await DemoService.StartAsync(
            "camera-gateway",
            port: 0,
            CameraSettings(settings),
            builder => builder.AddCameraGateway(),
            app => app.MapCameraGateway(),
            cancellationToken);
        _services.Add(_cameras);
    }

    private static string BundleOf(DemoSettings settings) => settings.Bundle ?? Path.Combine(AppContext.BaseDirectory, "bundles", DefaultBundle);

    private Dictionary<string, object> CameraSettings(DemoSettings settings)
    {
        var camera = Settings(
            ("Mqtt:Port", MqttPort),
            ("Camera:Asset", Cell),
            ("Camera:Count", settings.Cameras),
            ("Camera:FramesPerSecond", settings.FramesPerSecond),
            ("Camera:Frames", settings.Frames ?? 0),
            ("Camera:SpoolDirectory", _folder.PathOf("camera")),
            ("Camera:LogFile", _folder.PathOf(DeliveryLog)));
        if (settings.Data is { } data)
        {
            camera["Camera:Source"] = "Folder";
            camera["Camera:Folder"] = data;
        }
        else
        {
            if (Path.GetFileName(BundleOf(settings)) == ColdStartBundle)
            {
                // It knows local contrast and nothing else: it is shown surfaces on which that is the right question.
                camera["Camera:Synthetic:Textures:0"] = "BrushedMetal";
                camera["Camera:Synthetic:Clutter"] = 0;
            }

            camera["Camera:Synthetic:Seed"] = settings.Seed;
            if (settings.State is not null)
            {
                camera["Camera:TruthFile"] = _folder.PathOf("truth.jsonl");
            }
        }

        return camera;
    }
}
