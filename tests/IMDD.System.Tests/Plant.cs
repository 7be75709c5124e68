using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.System.Tests;

/// <summary>
/// One cell as real processes: mosquitto with the shipped settings, a Kafka cluster over TCP, <c>imdd agent</c> and <c>imdd camera</c>. What
/// the tests conclude comes from the broker's log, the camera's log and kcat.
/// </summary>
internal sealed partial class Plant : IAsyncDisposable
{
    public const string Asset = "acme/ulm/paint/line2/cell3";

    /// <summary>Time for what a loaded machine may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The agent's session for frames; commands and states have another.
    private const string AgentClient = "imdd-agent-acme.ulm.paint.line2.cell3.box7.frames-block";
    private readonly TestDirectory _directory;
    private readonly List<ToolProcess> _processes = [];
    private readonly List<string> _brokerLogs = [];
    private readonly List<HttpClient> _clients = [];

    private Plant(TestDirectory directory, MosquittoBroker broker)
    {
        _directory = directory;
        Broker = broker;
        FrameFiles.Write(_directory.File("frames"), count: 8);
    }

    public MosquittoBroker Broker { get; }

    public EmbeddedKafkaCluster Kafka { get; } = new(brokers: 3);

    /// <summary>The agent running now.</summary>
    public ToolProcess? Agent { get; private set; }

    /// <summary>Everything the broker has logged, over its restarts.</summary>
    public string BrokerLog => string.Concat(_brokerLogs) + Broker.Output;

    /// <summary>Frames that the agent has acknowledged to the broker so far.</summary>
    public int Acknowledged => AgentAcknowledgement().Count(BrokerLog);

    /// <summary>Frames that the broker delivered to the agent again.</summary>
    public int Redelivered => Redelivery().Count(BrokerLog);

    /// <summary>Connections of the agent's identity that another one ended.</summary>
    public int TakenOver => TakeOver().Count(BrokerLog);

    /// <summary>Starts broker and cluster, or skips the test.</summary>
    public static async Task<Plant> StartAsync()
    {
        Assert.SkipWhen(MosquittoBroker.Find(out var reason) is null, reason);
        Assert.SkipWhen(KcatClient.Find(out reason) is null, reason);
        var shipped = await File.ReadAllTextAsync(Repository.PathOf("infra", "mosquitto", "mosquitto-local.conf"));
        return new Plant(new TestDirectory(), await MosquittoBroker.StartAsync(port => Relocate(shipped, port)));
    }

    /// <summary>Address of the registry; null: none was started.</summary>
    public string? RegistryUrl { get; private set; }

    /// <summary>The key of the registry, for agents to trust.</summary>
    public string ReleaseKey => Path.Combine(_directory.File("registry"), "release.key.pub");

    /// <summary>A folder of the test's own.</summary>
    public string Folder(string name) => _directory.File(name);

    /// <summary>The program that trains, in the build's folder beside this one's.</summary>
    public static string TrainingProgram { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "IMDD.Learning.Trainer", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "IMDD.Learning.Trainer.dll"));

    /// <summary>Folder of the agent's store.</summary>
    public string StoreFolder => _directory.File("store");

    /// <summary>Starts the agent; <paramref name="crashPoint"/> as <c>IMDD_CRASH_POINT</c>.</summary>
    public ToolProcess StartAgent(string? crashPoint = null, params (string Key, string Value)[] settings)
    {
        Agent = StartAgentProcess("store", crashPoint, settings);
        return Agent;
    }

    /// <summary>Starts a second box with the same identity and a store of its own: a cloned disk image.</summary>
    public ToolProcess StartClone() => StartAgentProcess("store-of-the-clone", null, []);

    /// <summary>Starts the camera gateway; it ends when every frame has its outcome.</summary>
    public ToolProcess StartCamera(int frames, double framesPerSecond, int cameras = 4, params (string Key, string Value)[] settings) => Start(
        "camera",
        null,
        [
            ("Camera:Asset", Asset),
            ("Camera:Count", $"{cameras}"),
            ("Camera:Source", "Folder"),
            ("Camera:Folder", _directory.File("frames")),
            ("Camera:Frames", $"{frames}"),
            ("Camera:FramesPerSecond", framesPerSecond.ToString(CultureInfo.InvariantCulture)),
            ("Camera:Wait", "true"),
            ("Camera:WaitTimeout", "00:03:00"),
            ("Camera:ResendAfter", "00:00:05"),
            ("Camera:MaxResendDelay", "00:00:10"),
            ("Camera:SpoolDirectory", _directory.File("spool")),
            .. settings,
        ]);

    /// <summary>Starts the registry; returns once it answers and has a key for agents to trust.</summary>
    public async Task StartRegistryAsync()
    {
        var registry = await StartServiceAsync("registry", ("Registry:Directory", _directory.File("registry")), ("Registry:PublishPeriod", "00:00:00.1"));
        RegistryUrl = registry.BaseAddress!.GetLeftPart(UriPartial.Authority);
        File.Exists(ReleaseKey).ShouldBeTrue();
    }

    /// <summary>Starts a cloud service over the plant's broker, cluster and blobs; what asks it, once it answers.</summary>
    public async Task<HttpClient> StartServiceAsync(string verb, params (string Key, string Value)[] settings)
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var service = Start(
            verb,
            null,
            [("urls", url), ("Kafka:BootstrapServers", Kafka.BootstrapServers), ("Blobs:Kind", "folder"), ("Blobs:Directory", _directory.File("blobs")), .. settings]);
        HttpClient client = new() { BaseAddress = new Uri(url) };
        _clients.Add(client);
        await Eventually.HoldsAsync(async () =>
        {
            service.HasExited.ShouldBeFalse(Tail(service.Output));
            try
            {
                using var answer = await client.GetAsync("/health/ready");
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, Patience);
        return client;
    }

    /// <summary>Runs a verb of the command line to its end; the JSON object that it prints.</summary>
    public async Task<JsonElement> RunAsync(params string[] arguments)
    {
        await using ToolProcess process = new(Path.Combine(AppContext.BaseDirectory, "imdd"), [.. arguments, "--registry", RegistryUrl!, "--json"]);
        (await process.WaitAsync(Patience)).ShouldBe(0, process.Output);
        return JsonDocument.Parse(process.Output.Split('\n').Last(line => line.StartsWith('{'))).RootElement;
    }

    /// <summary>kill -9 of the broker, and a new one on its port and folder.</summary>
    public async Task KillBrokerAsync()
    {
        var log = Broker.Output;
        await Broker.KillAsync();
        _brokerLogs.Add(log);
        await Broker.RestartAsync();
    }

    /// <summary>Waits until the agent has acknowledged so many frames more than it had.</summary>
    public async Task ProgressAsync(int from, int frames)
    {
        var waited = Stopwatch.StartNew();
        while (Acknowledged < from + frames)
        {
            if (Agent!.HasExited || waited.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The agent does not get on: {Acknowledged - from} of {frames} frames.\n{Tail(Agent.Output)}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Joins the camera's log with Kafka, once every outcome is there or time is up.</summary>
    public async Task<Judgement> JudgeAsync(int frames)
    {
        var judge = new Judge(Kafka.BootstrapServers, Path.Combine(_directory.File("spool"), "delivered.jsonl"));
        var judgement = await judge.ReadAsync();
        for (var waited = 0; judgement.Missing.Count > 0 && waited < 60; waited++)
        {
            await Task.Delay(1000);
            judgement = await judge.ReadAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{judgement.Sent} frames, {judgement.Distinct} outcomes ({judgement.Records} records), redelivered {Redelivered}, {judgement.Reasons}");
        judgement.Sent.ShouldBe(frames);
        judgement.ShouldHold();
        return judgement;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _clients.ForEach(client => client.Dispose());
        await Broker.DisposeAsync();
        Kafka.Dispose();
        _directory.Dispose();
    }

    private static string Tail(string text) => text[^Math.Min(text.Length, 8000)..];

    // The shipped file; the test broker sets place and port, and its log is the tests' evidence.
    private static string Relocate(string shipped, int port) => string.Join('\n', shipped
        .Split('\n')
        .Where(line => !line.StartsWith("persistence_location ", StringComparison.Ordinal) && !line.StartsWith("log_", StringComparison.Ordinal))
        .Select(line => line.Replace("listener 1883", $"listener {port}", StringComparison.Ordinal))
        .Append("log_type all"));

    private ToolProcess StartAgentProcess(string store, string? crashPoint, (string Key, string Value)[] settings) => Start(
        "agent",
        crashPoint,
        [
            ("Edge:Agent:Asset", Asset),
            ("Edge:Agent:Name", "box7"),
            ("Edge:Agent:AllowFaultInjection", crashPoint is null ? "false" : "true"),
            ("Edge:Store:Directory", _directory.File(store)),
            ("Edge:Model:BundleDirectory", Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast")),
            ("Kafka:BootstrapServers", Kafka.BootstrapServers),
            ("Kafka:DeliveryTimeout", "00:00:05"),
            ("Blobs:Kind", "folder"),
            ("Blobs:Directory", _directory.File("blobs")),
            .. settings,
        ]);

    private ToolProcess Start(string verb, string? crashPoint, (string Key, string Value)[] settings)
    {
        var process = new ToolProcess(
            Path.Combine(AppContext.BaseDirectory, "imdd"),
            [
                verb,
                .. settings.Any(s => s.Key == "urls") ? [] : (string[])["--urls=http://127.0.0.1:0"],
                $"--Mqtt:Port={Broker.Port}",
                "--Logging:LogLevel:Default=Warning",
                .. settings.Select(s => $"--{s.Key}={s.Value}"),
            ],
            crashPoint is null ? null : new Dictionary<string, string> { ["IMDD_CRASH_POINT"] = crashPoint, ["DOTNET_DbgEnableMiniDump"] = "0" });
        _processes.Add(process);
        return process;
    }

    [GeneratedRegex($"Received PUBACK from {AgentClient} ", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AgentAcknowledgement();

    [GeneratedRegex($"Sending PUBLISH to {AgentClient} \\(d1, q1, r0, m[0-9]+, '[^']*/frame/", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Redelivery();

    [GeneratedRegex($"Client {AgentClient} already connected, closing old connection", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TakeOver();
}
