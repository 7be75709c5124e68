using IMDD.Cli.Demo;
using IMDD.Cli.Models;
using IMDD.Cloud.Aggregator;
using IMDD.Cloud.Curator;
using IMDD.Cloud.Dashboard;
using IMDD.Cloud.Registry;
using IMDD.Cloud.Trainer;
using IMDD.Contracts.Models;
using IMDD.Edge.Agent;
using IMDD.Edge.Camera;
using IMDD.Edge.Camera.Gateway;
using IMDD.Inference.Bundles;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Storage;
using IMDD.Synthetics;

namespace IMDD.Cli.Learn;

/// <summary>A plant of several lines, each with a camera and an agent, and all services of the learning loop, in this process and over TCP on loopback.</summary>
internal sealed class LearnPlant(DemoFolder folder, LearnSettings settings) : IAsyncDisposable
{
    // Of products that no model was trained on.
    private const ulong GateSeed = 14_000_000;
    private const int GateFrames = 120;

    /// <summary>How long agents count before they say what a camera shows: a run is short.</summary>
    private static readonly TimeSpan StatisticsWindow = TimeSpan.FromSeconds(20);

    /// <summary>Frames that a challenger is shown of each line, of those that failed and of those that passed: lines wait for it.</summary>
    private const int PredictedFrames = 30;

    private readonly LearnRecipe _recipe = new();
    private readonly List<DemoService> _services = [];
    private readonly List<DemoService> _cameras = [];
    private EmbeddedMqttBroker? _mqtt;
    private EmbeddedKafkaCluster? _kafka;

    public int MqttPort => _mqtt!.Port;

    public string KafkaServers => _kafka!.BootstrapServers;

    public Uri PageUrl { get; private set; } = default!;

    public Uri CuratorUrl { get; private set; } = default!;

    /// <summary>Where the agents keep pictures.</summary>
    public IBlobStore Pictures { get; private set; } = default!;

    public Uri RegistryUrl { get; private set; } = default!;

    public Uri TrainerUrl { get; private set; } = default!;

    /// <summary>Name of the fleet's model.</summary>
    public string ModelName { get; } = ModelBundle.Open(settings.Bundle).Manifest.Name;

    public RegistryApi Registry { get; private set; } = default!;

    public LearnJudge Judge { get; private set; } = default!;

    public OutcomeJudge Outcomes { get; private set; } = default!;

    /// <summary>The cameras' logs, by line.</summary>
    public IReadOnlyList<SentFrames> Sent { get; private set; } = [];

    /// <summary>Name of a service that stopped though nobody stopped it; null while all run.</summary>
    public string? Broken => _services.Concat(_cameras).FirstOrDefault(service => service.Stopping.IsCancellationRequested)?.Name;

    /// <summary>Starts everything; cameras last, so that the first frame finds all of it.</summary>
    public static async Task<LearnPlant> StartAsync(LearnSettings settings, DemoFolder folder, LearnBoard board, CancellationToken cancellationToken)
    {
        LearnPlant plant = new(folder, settings);
        try
        {
            await plant.StartAsync(board, cancellationToken);
            return plant;
        }
        catch
        {
            await plant.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the lines decide by. The registry knows it too, so that what a challenger will say can be predicted.</summary>
    public static Recipe Recipe { get; } = new() { Id = "learn@1", MinAreaPx = LearnSettings.MinAreaPx };

    /// <summary>Pictures of known kinds on which no name may be lost.</summary>
    public static string GateSet(LearnSettings settings)
        => FormattableString.Invariant($"synthetic:seed={GateSeed + (ulong)settings.Seed},count={GateFrames},products={GateFrames / 6}");

    /// <summary>The cameras take no more pictures; what they took is seen through.</summary>
    public void EndCapture()
    {
        foreach (var camera in _cameras)
        {
            camera.Services.GetRequiredService<CameraGatewayStatus>().EndCapture();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // In the order in which frames flow: nobody is stopped while another still sends to it.
        foreach (var service in Enumerable.Reverse(_cameras).Concat(Enumerable.Reverse(_services)))
        {
            await service.DisposeAsync();
        }

        if (Judge is not null)
        {
            await Judge.DisposeAsync();
        }

        if (Outcomes is not null)
        {
            await Outcomes.DisposeAsync();
        }

        Registry?.Dispose();
        _kafka?.Dispose();
        if (_mqtt is not null)
        {
            await _mqtt.DisposeAsync();
        }
    }

    private static Dictionary<string, object> Settings(params (string Key, object Value)[] settings)
        => settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);

    private async Task StartAsync(LearnBoard board, CancellationToken cancellationToken)
    {
        _mqtt = await EmbeddedMqttBroker.StartAsync(LoopbackPort.FirstFree(settings.MqttPort));
        _kafka = new EmbeddedKafkaCluster(brokers: 1, settings.KafkaPort);
        var blobs = folder.PathOf("blobs");
        var aggregator = await ServeAsync(
            "aggregator", 0, Settings(("Aggregator:Directory", folder.PathOf("aggregator"))), builder => builder.AddAggregator(), app => app.MapAggregator(), cancellationToken);
        var kafka = aggregator.Services.GetRequiredService<IKafkaClientFactory>();
        var truths = Enumerable.Range(0, LearnSettings.Lines).Select(line => PathOf("truth", line)).ToList();
        Judge = new LearnJudge(kafka, truths, settings.NewKind.Name(), TimeProvider.System);
        Outcomes = new OutcomeJudge(kafka, TimeProvider.System);
        Sent = [.. Enumerable.Range(0, LearnSettings.Lines).Select(line => new SentFrames(PathOf("delivered", line)))];

        var curator = await ServeAsync(
            "curator", 0, Settings(("Curator:Directory", folder.PathOf("curator")), ("Curator:BlindShare", "0"), ("Blobs:Directory", blobs)), // one reviewer: nobody else could look
            builder => builder.AddCurator(), app => app.MapCurator(), cancellationToken);
        CuratorUrl = curator.Url;
        Pictures = curator.Services.GetRequiredService<IBlobStore>();
        var registry = await ServeAsync(
            "registry", 0, Settings(("Registry:Directory", folder.PathOf("registry")), ("Blobs:Directory", blobs), ("Mqtt:Port", MqttPort)),
            builder => builder.AddRegistry(), app => app.MapRegistry(), cancellationToken);
        RegistryUrl = registry.Url;
        Registry = new RegistryApi(registry.Url);
        TrainerUrl = (await ServeAsync(
            "trainer", 0, TrainerSettings(blobs), builder => builder.AddTrainer(), app => app.MapTrainer(), cancellationToken)).Url;
        await ServeAsync("learn-board", 0, [], _ => { }, board.Map, cancellationToken);
        var boardUrl = _services[^1].Url;
        PageUrl = (await ServeAsync(
            "dashboard", LoopbackPort.FirstFree(settings.PagePort),
            Settings(
                ("Dashboard:AggregatorUrl", aggregator.Url), ("Dashboard:CuratorUrl", curator.Url), ("Dashboard:LearningUrl", boardUrl), ("Blobs:Directory", blobs)),
            builder => builder.AddDashboard(), app => app.MapDashboard(), cancellationToken)).Url;
        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            await StartAgentAsync(line, blobs, cancellationToken);
        }

        for (var line = 0; line < LearnSettings.Lines; line++)
        {
            _cameras.Add(await DemoService.StartAsync(
                FormattableString.Invariant($"camera-gateway-{line + 1}"), 0, CameraSettings(line),
                builder => builder.AddCameraGateway(), app => app.MapCameraGateway(), cancellationToken));
        }
    }

    private Task<DemoService> StartAgentAsync(int line, string blobs, CancellationToken cancellationToken) => ServeAsync(
        FormattableString.Invariant($"edge-agent-{line + 1}"),
        0,
        Settings(
            ("Mqtt:Port", MqttPort),
            ("Blobs:Directory", blobs),
            ("Edge:Agent:Asset", LearnSettings.Cell(line)),
            ("Edge:Agent:Name", LearnSettings.Box(line)),
            ("Edge:Model:BundleDirectory", settings.Bundle),
            ("Edge:Model:AllowUnsigned", true),
            ("Edge:Model:TrustedKeys:0", Path.Combine(folder.PathOf("registry"), "release.key.pub")),

            // Several agents share this machine.
            ("Edge:Model:Threads", 1),
            ("Edge:Delivery:RegistryUrl", RegistryUrl),
            ("Edge:Delivery:Shadow", "00:00:05"),
            ("Edge:Delivery:Trial", "00:00:05"),
            ("Edge:Recipe:Id", Recipe.Id),
            ("Edge:Recipe:MinAreaPx", Recipe.MinAreaPx),
            ("Edge:Statistics:Window", StatisticsWindow),
            ("Edge:Store:Directory", PathOf("agent", line))),
        builder => builder.AddEdgeAgent(),
        app => app.MapEdgeAgent(),
        cancellationToken);

    private Dictionary<string, object> TrainerSettings(string blobs) => Settings(
        ("Trainer:Directory", folder.PathOf("trainer")),
        ("Trainer:RegistryUrl", RegistryUrl),
        ("Trainer:Model", ModelName),
        ("Trainer:NewLabels", 0),
        ("Trainer:NewClassLabels", settings.Word ? 0 : LearnRecipe.LabelsOfNewKind),
        ("Trainer:Training:Replay:0", _recipe.Replay(settings.Seed)),
        ("Trainer:Training:Minutes", _recipe.Minutes),
        ("Trainer:Training:LearningRate", _recipe.LearningRate),
        ("Trainer:Training:Memory", _recipe.Memory),
        ("Trainer:Training:SideBranch", _recipe.SideBranch),
        ("Trainer:Gate:Data:0", GateSet(settings)),
        ("Trainer:Gate:Split", "all"),

        // Few labels: most of them are to be learned from.
        ("Trainer:Gate:LabelledShare", 0.1),
        ("Trainer:MinimumPause", TimeSpan.Zero),
        ("Trainer:Predict:Frames", PredictedFrames),
        ("Trainer:Promote", PromotionTarget.None),
        ("Blobs:Directory", blobs));

    private async Task<DemoService> ServeAsync(
        string name, int port, Dictionary<string, object> settings, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        settings["Kafka:BootstrapServers"] = KafkaServers;
        var service = await DemoService.StartAsync(name, port, settings, add, map, cancellationToken);
        _services.Add(service);
        return service;
    }

    private string PathOf(string what, int line) => folder.PathOf(FormattableString.Invariant($"{what}{line + 1}"));

    private Dictionary<string, object> CameraSettings(int line)
    {
        var surface = settings.Surface(line);
        return Settings(
            ("Mqtt:Port", MqttPort),
            ("Camera:Asset", LearnSettings.Cell(line)),
            ("Camera:Count", 1),
            ("Camera:FramesPerSecond", LearnSettings.FramesPerSecond),
            ("Camera:SpoolDirectory", PathOf("camera", line)),
            ("Camera:LogFile", PathOf("delivered", line)),
            ("Camera:TruthFile", PathOf("truth", line)),
            ("Camera:Synthetic:Textures:0", surface.Texture),
            ("Camera:Synthetic:Size", surface.Width),
            ("Camera:Synthetic:Seed", surface.ProductSeed),
            ("Camera:Synthetic:DefectRate", surface.DefectRate),
            ("Camera:Synthetic:Clutter", surface.Clutter),
            ("Camera:Synthetic:Variation", surface.Variation),
            ("Camera:Synthetic:LoopFrames", 0),
            ("Camera:Synthetic:NewKind", settings.NewKind.Name()),
            ("Camera:Synthetic:NewKindAfterFrames", (int)(LearnSettings.NewAfter.TotalSeconds * LearnSettings.FramesPerSecond)),
            ("Camera:Synthetic:NewKindRate", LearnSettings.NewRate));
    }
}
