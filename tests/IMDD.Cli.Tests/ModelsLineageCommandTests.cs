using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Registry;
using IMDD.Contracts.Review;
using IMDD.Contracts.Topics;
using IMDD.Contracts.Training;
using IMDD.Learning.Onnx.Contrast;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace IMDD.Cli.Tests;

/// <summary>The way from an event to what was learned, over a real registry; what aggregator and curator would say is said by a stand-in, and they have tests of their own.</summary>
public sealed class ModelsLineageCommandTests : IAsyncLifetime
{
    private const string OutcomeId = "mfrggzdfmztwq2lknnwg23tpoa";

    private static readonly string Frame = DigestOf(1);

    private readonly TestDirectory _directory = new();
    private RunningRegistry? _registry;
    private WebApplication? _services;
    private FailedFrame? _failed;
    private string _dataset = "";
    private string _model = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Services => _services!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _registry = await RunningRegistry.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _services = builder.Build();
        _services.Urls.Add("http://127.0.0.1:0");
        _services.Run(async http =>
        {
            var path = http.Request.Path.Value!;
            object? answer = path switch
            {
                QueryRoutes.FailedFrames => new[] { _failed! },
                _ when path == RegistryRoutes.For(QueryRoutes.FailedFrame, OutcomeId) => _failed!,
                _ when path == Uri.UnescapeDataString(RegistryRoutes.For(ReviewRoutes.Labels, Frame)) => new[] { Label() },
                _ => null,
            };
            http.Response.StatusCode = (int)(answer is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);
            await http.Response.Body.WriteAsync(answer is null ? "{}"u8.ToArray() : ImddJson.Serialize(answer), Stop);
        });
        await _services.StartAsync(Stop);
        await RegisterAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services!.DisposeAsync();
        await _registry!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Lineage_OfAnEvent_GoesToFramesLabelsModelAndTrainingSet()
    {
        var (exitCode, output, error) = await RunAsync(OutcomeId + "-d", "--limit", "3");

        exitCode.ShouldBe(0, error);
        output.ShouldStartWith($"event {OutcomeId}  fail scratch");
        output.ShouldContain($"├─ frame {Frame}");
        output.ShouldContain("label anna  confirmed: fail scratch, 2026-11-23 02:11:00Z");
        output.ShouldContain($"learned by {_model}");
        output.ShouldContain($"└─ model {_model}  gears 1.0.0, release 1");
        output.ShouldContain($"training set {_dataset}  run r7: 4 labelled frames learned from, 2 judged by, with synthetic:seed=1");
        output.ShouldContain("└─ and 3 more");
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lineage_OfAModelAndOfAPicture_GoesBackToEvents()
    {
        var model = await JsonAsync(_model);
        ((string)model["kind"]!).ShouldBe("model");
        var kinds = model["children"]!.AsArray().Select(child => (string)child!["kind"]!).ToList();
        kinds.ShouldBe(["training_set", "parent", "event"]);
        model["children"]![0]!["children"]!.AsArray().Count.ShouldBe(6);

        var gate = await JsonAsync(DigestOf(5));
        gate["children"]!.AsArray().Select(child => (string)child!["kind"]!).ShouldContain("judged_by");
        var frame = await JsonAsync(Frame);
        frame["children"]!.AsArray().Select(child => (string)child!["kind"]!).ShouldBe(["label", "learned_by", "event"]);
    }

    [Fact]
    public async Task Lineage_WhatIsNotKnownOrDoesNotAnswer_IsSaid()
    {
        var (exitCode, _, error) = await RunAsync("nothing");
        exitCode.ShouldBe(1);
        error.ShouldContain("'nothing' is not known");

        var dead = $"http://127.0.0.1:{FreePort.Next()}";
        var (half, output, missing) = await RunAsync(_model, "--curator", dead, "--aggregator", dead);
        half.ShouldBe(0, missing);
        output.ShouldContain(_dataset);
        missing.ShouldContain("The curator does not answer");
        missing.ShouldContain("The aggregator does not answer");
    }

    [Fact]
    public async Task Lineage_OfAPassedFrame_IsFoundInTheTopic()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic(KafkaTopics.Outcome, 2);
        var sample = ImddJson.Deserialize<InspectionOutcome>(
            await File.ReadAllBytesAsync(Repository.PathOf("contracts", "samples", "v1.0", "inspection.outcome.v1", "full.json"), Stop));
        DateTimeOffset captured = new(2026, 11, 23, 2, 12, 0, TimeSpan.Zero);
        EventContext context = new() { Source = EventSource.Service("edge", "box7"), Time = captured, RecordedTime = captured };
        List<CloudEvent> events = [.. Enumerable.Range(1, 40).Select(number => OutcomeEvent.Create(
            sample with
            {
                FrameId = Contracts.Identity.EventId.ForFrame("b1", number),
                Verdict = Verdict.Pass,
                Reason = null,
                ReasonDetail = null,
                Defects = [],
                Frame = new FrameReference { Digest = DigestOf(number) },
                Model = sample.Model! with { Digest = _model },
            },
            context))];
        await using (KafkaClients kafka = new(cluster.BootstrapServers))
        {
            await kafka.ProduceAsync(events.Select(cloudEvent => cloudEvent.ToRecord(KafkaTopics.Outcome, captured)));
        }

        var (exitCode, output, error) = await RunAsync(events[2].Id, "--kafka", cluster.BootstrapServers);

        exitCode.ShouldBe(0, error);
        output.ShouldStartWith($"event {events[2].Id}  pass, 2026-11-23 02:12:00Z");
        output.ShouldContain($"├─ frame {DigestOf(3)}");
        output.ShouldContain($"learned by {_model}");
        output.ShouldContain($"└─ model {_model}  gears 1.0.0, release 1");
        (await RunAsync(events[2].Id)).Error.ShouldContain("with --kafka");
        (await RunAsync("nothing", "--kafka", cluster.BootstrapServers)).ExitCode.ShouldBe(1);
    }

    private static string DigestOf(int frame) => ContentDigest.Of(Encoding.UTF8.GetBytes($"frame {frame}"));

    private static FrameLabel Label() => new(
        new ExampleLabel
        {
            Frame = new FrameReference { Digest = Frame },
            RaterId = "anna",
            Revision = 1,
            CameraId = "cam1",
            AssetPath = "acme/ulm/paint/line2/cell3",
            Judgement = LabelJudgement.Confirmed,
            Verdict = Verdict.Fail,
            Regions = [new LabelledRegion { Class = "scratch", BboxPx = [1, 2, 3, 4] }],
        },
        new DateTimeOffset(2026, 11, 23, 2, 11, 0, TimeSpan.Zero), Stands: true);

    private static byte[] Labels(int from, int count) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["version"] = 1,
        ["frames"] = new JsonArray([.. Enumerable.Range(from, count).Select(frame => new JsonObject
        {
            ["file"] = $"pictures/{frame}.png",
            ["sha256"] = DigestOf(frame)["sha256:".Length..],
            ["verdict"] = "fail",
            ["regions"] = new JsonArray(new JsonObject { ["class"] = "scratch", ["bbox"] = new JsonArray(1, 2, 3, 4) }),
        })]),
    }.ToJsonString());

    /// <summary>A release as a trainer registers it: its snapshot's files first.</summary>
    private async Task RegisterAsync()
    {
        var (train, gate) = (Labels(1, 4), Labels(5, 2));
        SnapshotManifest snapshot = new(
            1, "r7", 12, 4, 2, [], "test", ContentDigest.Of("list"u8), ["synthetic:seed=1"], new Dictionary<string, string>(), ContentDigest.Of(train), ContentDigest.Of(gate));
        var manifest = ImddJson.Serialize(snapshot);
        _dataset = ContentDigest.Of(manifest);
        using HttpClient http = new() { BaseAddress = new Uri(_registry!.Url) };
        foreach (var file in new[] { train, gate, manifest })
        {
            (await http.PutAsync(RegistryRoutes.For(RegistryRoutes.Blob, ContentDigest.Of(file)), new ByteArrayContent(file), Stop)).EnsureSuccessStatusCode();
        }

        var folder = _directory.File("bundle");
        ContrastBundle.Write(folder);
        var path = Path.Combine(folder, "manifest.json");
        var bundle = ImddJson.Deserialize<BundleManifest>(await File.ReadAllBytesAsync(path, Stop)) with
        {
            Version = "1.0.0",
            TrainedFrom = new BundleLineage { DatasetDigest = _dataset, Parent = DigestOf(99) },
        };
        await File.WriteAllBytesAsync(path, ImddJson.Serialize(bundle), Stop);
        await using StringWriter output = new();
        await using StringWriter error = new();
        (await ImddCommand.RunAsync(["models", "--registry", _registry.Url, "register", "--bundle", folder, "--name", "gears", "--by", "trainer/r7", "--json"], output, error)).ShouldBe(0, error.ToString());
        _model = (string)JsonNode.Parse(output.ToString())!["model"]!["digest"]!;
        var sample = ImddJson.Deserialize<DefectDetected>(
            await File.ReadAllBytesAsync(Repository.PathOf("contracts", "samples", "v1.0", "inspection.defect-detected.v1", "full.json"), Stop));
        _failed = new FailedFrame("acme/ulm/paint/line2", "acme/ulm/paint/line2/cell3/cam1", new DateTimeOffset(2026, 11, 23, 2, 10, 11, TimeSpan.Zero), sample with
        {
            OutcomeId = OutcomeId,
            Frame = sample.Frame with { Digest = Frame },
            Model = sample.Model with { Digest = _model },
            Regions = [sample.Regions[0] with { Class = "scratch" }],
        });
    }

    private async Task<JsonNode> JsonAsync(string id)
    {
        var (exitCode, output, error) = await RunAsync(id, "--json");
        exitCode.ShouldBe(0, error);
        return JsonNode.Parse(output)!["lineage"]!;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        string[] addresses = args.Contains("--curator") ? [] : ["--aggregator", Services, "--curator", Services];
        var exitCode = await ImddCommand.RunAsync(["models", "--registry", _registry!.Url, "lineage", .. args, .. addresses], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
