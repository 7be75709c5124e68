using System.Diagnostics;
using System.Globalization;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Inference;
using IMDD.Inference.Bundles;
using IMDD.Messaging.Embedded;

namespace IMDD.Cli.Bench;

/// <summary>
/// Measures the edge agent in a process of its own; cameras, broker and Kafka are in this one, so that what they take is not counted
/// against it.
/// </summary>
internal sealed class EdgeBench(EdgeBenchOptions options, string bundleFolder, TextWriter progress)
{
    private const double MinAgentOverBare = 0.85;
    private const double MaxRssMb = 300;
    private const double MaxSlope = 0.5;
    private const double MinStoreRate = 10_000;
    private const int GroupCommit = 16;
    private const int RssEvery = 50;

    private static readonly AssetPath Asset = AssetPath.Parse("bench/site/area/line/cell");

    public async Task<EdgeBenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var bundle = ModelBundle.Open(bundleFolder);
        if (bundle.Manifest.TakesReference())
        {
            throw new SegmenterException($"{bundle.Manifest.Name} compares with known-good pictures, which this bench does not have.");
        }

        var folder = Directory.CreateTempSubdirectory("imdd-bench-");
        try
        {
            var load = LoadAverage();
            var fsync = FsyncProbe.Measure(folder.FullName, options.Syncs);
            progress.WriteLine($"fsync p99 {fsync.P99} ms");
            var store = await StoreBenchmark.RunAsync(folder.CreateSubdirectory("store-bench").FullName, options.StoreOutcomes, GroupCommit);
            progress.WriteLine($"store {store:F0} outcomes/s");
            var pictures = BenchFrames.Create(EdgeBenchOptions.Pictures, EdgeBenchOptions.Side);
            return await MeasureAgentAsync(bundle, folder, pictures, load, fsync, store, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<EdgeBenchResult> MeasureAgentAsync(
        ModelBundle bundle,
        DirectoryInfo folder,
        IReadOnlyList<byte[]> pictures,
        double load,
        LatencyFigures fsync,
        double store,
        CancellationToken cancellationToken)
    {
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        using EmbeddedKafkaCluster kafka = new();
        foreach (var topic in KafkaTopics.All)
        {
            kafka.CreateTopic(topic.Name, 2);
        }

        using var agent = AgentProcess.Start(Settings(bundle, folder, broker.Port, kafka.BootstrapServers), progress);
        await using LineUnderLoad line = new(Asset, broker.Port, kafka.BootstrapServers, pictures, agent.EnsureAlive);
        await line.StartAsync(cancellationToken);
        await line.WaitForAgentAsync(cancellationToken);
        await line.SendAsync(options.WarmUpFrames, null, _ => { }, cancellationToken);

        List<(double Frames, double Mb)> memory = [];
        var rounds = await LoadAsync(bundle, pictures, agent, line, memory, cancellationToken);
        var rate = options.LoadFrames / rounds.Sum(round => round.Wall.TotalSeconds);
        var bare = new BareTimes(rounds.Average(round => round.Bare.CpuMs), rounds.Average(round => round.Bare.WallMs));

        var paced = await line.SendAsync(options.PacedFrames, rate / 2, _ => { }, cancellationToken);
        return Judge(new EdgeBenchResult
        {
            Model = bundle.Manifest.Name,
            Cores = Environment.ProcessorCount,
            LoadAverageBefore = load,
            Frames = line.Published,
            AgentOverBare = Math.Round(Median(rounds.Select(round => round.AgentOverBare)), 3),
            AgentOverBareRounds = [.. rounds.Select(round => Math.Round(round.AgentOverBare, 3))],
            BareCpuMsPerFrame = Math.Round(bare.CpuMs, 3),
            BareMsPerFrame = Math.Round(bare.WallMs, 3),
            AgentCpuMsPerFrame = Math.Round(rounds.Average(round => round.AgentCpuMs), 3),
            FramesPerSecond = Math.Round(rate, 1),
            FailShare = Math.Round(line.FailShare, 4),
            PacedFramesPerSecond = Math.Round(rate / 2, 1),
            LatencyMs = line.PublishedLatency(paced),
            ReceiptLatencyMs = line.ReceiptLatency(paced),
            LatencyP99LimitMs = Math.Round((2.5 * bare.WallMs) + 15 + (2 * fsync.P99), 2),
            FsyncP50Ms = fsync.P50,
            FsyncP99Ms = fsync.P99,
            RssMb = Math.Round(memory.Max(sample => sample.Mb), 1),
            RssSlopeMbPer1000 = Math.Round(Slope(memory.Where(sample => sample.Frames >= options.SlopeFrom)) * 1000, 3),
            RssSlopeFrames = $"{options.SlopeFrom}-{options.LoadFrames}",
            StoreOutcomesPerSecond = Math.Round(store),
            Missed = [],
        });
    }

    private async Task<List<LoadRound>> LoadAsync(
        ModelBundle bundle,
        IReadOnlyList<byte[]> pictures,
        AgentProcess agent,
        LineUnderLoad line,
        List<(double Frames, double Mb)> memory,
        CancellationToken cancellationToken)
    {
        using BareLoop loop = new(bundle, pictures);
        List<LoadRound> rounds = [];
        var frames = options.LoadFrames / options.Rounds;
        var before = loop.Measure(options.BareFrames);
        for (var number = 0; number < options.Rounds; number++)
        {
            var first = number * frames;
            var cpu = agent.Cpu;
            var start = Stopwatch.GetTimestamp();
            await line.SendAsync(frames, null, frame => Remember(first + frame), cancellationToken);
            var wall = Stopwatch.GetElapsedTime(start);
            var agentCpuMs = (agent.Cpu - cpu).TotalMilliseconds / frames;
            var after = loop.Measure(options.BareFrames);
            BareTimes bare = new((before.CpuMs + after.CpuMs) / 2, (before.WallMs + after.WallMs) / 2);
            rounds.Add(new LoadRound(bare, agentCpuMs, wall));
            progress.WriteLine($"bare {bare.CpuMs:F2} ms CPU, agent {agentCpuMs:F2} ms CPU a frame, {frames / wall.TotalSeconds:F1} frames/s, {memory[^1].Mb:F0} MB");
            before = after;
        }

        return rounds;

        void Remember(int frame)
        {
            if (frame % RssEvery == 0)
            {
                memory.Add((frame, agent.ResidentMb));
            }
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static EdgeBenchResult Judge(EdgeBenchResult result)
    {
        (string Name, bool Met)[] targets =
        [
            ("agent_over_bare", result.AgentOverBare >= MinAgentOverBare),
            ("latency_ms", result.LatencyMs.P99 <= result.LatencyP99LimitMs),
            ("rss_mb", result.RssMb < MaxRssMb),
            ("rss_slope_mb_per1000", result.RssSlopeMbPer1000 < MaxSlope),
            ("store_outcomes_per_second", result.StoreOutcomesPerSecond >= MinStoreRate),
        ];
        return result with { Missed = [.. targets.Where(target => !target.Met).Select(target => target.Name)] };
    }

    private static double LoadAverage()
        => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Least squares.</summary>
    private static double Slope(IEnumerable<(double X, double Y)> samples)
    {
        var points = samples.ToList();
        var (meanX, meanY) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        return points.Sum(point => (point.X - meanX) * (point.Y - meanY)) / spread;
    }

    private static Dictionary<string, string> Settings(ModelBundle bundle, DirectoryInfo folder, int mqttPort, string kafka) => new(StringComparer.Ordinal)
    {
        ["Edge:Agent:Asset"] = Asset.ToString(),
        ["Edge:Agent:Name"] = "bench",
        ["Edge:Agent:DecodeWorkers"] = "1",
        ["Edge:Model:BundleDirectory"] = bundle.Directory,
        ["Edge:Model:AllowUnsigned"] = "true",
        ["Edge:Model:Threads"] = EdgeBenchOptions.Threads.ToString(CultureInfo.InvariantCulture),
        ["Edge:Store:Directory"] = Path.Combine(folder.FullName, "store"),
        ["Blobs:Kind"] = "folder",
        ["Blobs:Directory"] = Path.Combine(folder.FullName, "blobs"),
        ["Mqtt:Port"] = mqttPort.ToString(CultureInfo.InvariantCulture),
        ["Kafka:BootstrapServers"] = kafka,
        ["Logging:LogLevel:Default"] = "Warning",
        ["urls"] = "http://127.0.0.1:0",
    };
}
