using System.Diagnostics;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Tests.Events;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Contracts.Tests.Examples;

/// <summary>Runs the examples against a cluster with outcomes on it, one of them twice.</summary>
public sealed class ExampleTests(ExampleTests.ClusterWithOutcomes cluster) : IClassFixture<ExampleTests.ClusterWithOutcomes>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] Expected =
    [
        "2026-11-23T02:10:11.123456Z acme/ulm/paint/line2/cell3/cam1 pass ",
        "2026-11-23T02:10:11.123456Z acme/ulm/paint/line2/cell3/cam1 undecided overload",
        "2026-11-23T02:10:11.123456Z acme/ulm/paint/line2/cell3/cam1 fail ",
    ];

    [Fact]
    public async Task Kcat_Example_PrintsKeysHeadersDataAndDistinctCount()
    {
        var kcat = KcatClient.Find(out var missing);
        Assert.SkipWhen(kcat is null, missing);
        using var process = Start("/bin/sh", [Repository.PathOf("contracts", "examples", "kcat.sh"), cluster.BootstrapServers]);
        using var limit = new CancellationTokenSource(Patience);

        var lines = (await process.StandardOutput.ReadToEndAsync(limit.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(limit.Token);

        process.ExitCode.ShouldBe(0);
        lines.Count(l => l == "acme/ulm/paint/line2/cell3/cam1").ShouldBe(ClusterWithOutcomes.Records);
        lines.ShouldContain(l => l.Contains("content-type=application/json,ce_specversion=1.0,ce_id=" + Sample.OutcomeId, StringComparison.Ordinal));
        lines.ShouldContain(l => l.StartsWith("  {\"frameId\":\"b7-184467\"", StringComparison.Ordinal));
        lines[^1].ShouldBe("distinct outcomes: 3");
    }

    [Fact]
    public async Task CSharp_Example_PrintsEachOutcomeOnce()
    {
        var reader = Repository.PathOf("artifacts", "bin", "OutcomeReader", new DirectoryInfo(AppContext.BaseDirectory).Name, "OutcomeReader");
        using var process = Start(reader, [cluster.BootstrapServers]);
        try
        {
            (await ReadLinesAsync(process, Expected.Length)).ShouldBe(Expected);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Python_Example_Compiles()
    {
        var python = ToolRequirement.Find("python3", "apt-get install python3", out var missing);
        Assert.SkipWhen(python is null, missing);
        using var process = Start(
            python!, ["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", Repository.PathOf("contracts", "examples", "outcomes.py")]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
    }

    private static Process Start(string executable, string[] arguments) => Process.Start(new ProcessStartInfo(executable, arguments)
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
    })!;

    private static async Task<IReadOnlyList<string>> ReadLinesAsync(Process process, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        List<string> lines = [];
        while (lines.Count < count && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Three outcomes of one camera, published as an agent publishes them, the first of them twice.</summary>
    public sealed class ClusterWithOutcomes : IAsyncLifetime
    {
        public const int Records = 4;

        private readonly EmbeddedKafkaCluster _cluster = new();

        public string BootstrapServers => _cluster.BootstrapServers;

        public async ValueTask InitializeAsync()
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new("Kafka:BootstrapServers", BootstrapServers)]).Build());
            services.AddKafka();
            await using var provider = services.BuildServiceProvider();
            using var publisher = provider.GetRequiredService<IKafkaClientFactory>().CreatePublisher();
            var passed = OutcomeEvent.Create(Sample.Outcome(), Sample.Context());
            CloudEvent[] events =
            [
                passed,
                passed,
                OutcomeEvent.Create(
                    Sample.Outcome() with { FrameId = "b7-184468", Verdict = Verdict.Undecided, Reason = UndecidedReason.Overload }, Sample.Context()),
                OutcomeEvent.Create(Sample.Outcome() with { FrameId = "b7-184469", Verdict = Verdict.Fail }, Sample.Context()),
            ];
            var persisted = 0;
            foreach (var e in events)
            {
                publisher.TryPublish(
                    e.ToRecord(KafkaTopics.Outcome, Sample.Time),
                    report => Interlocked.Add(ref persisted, report.Result == PublishResult.Persisted ? 1 : 0)).ShouldBeTrue();
            }

            await publisher.FlushAsync(TestContext.Current.CancellationToken);
            persisted.ShouldBe(Records);
        }

        public ValueTask DisposeAsync()
        {
            _cluster.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
