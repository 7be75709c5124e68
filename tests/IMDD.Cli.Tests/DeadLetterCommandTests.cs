using System.Text;
using System.Text.Json.Nodes;
using IMDD.Cli.Tests.Support;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.DeadLetters;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Cli.Tests;

/// <summary>The verb against a cluster, a broker and folders.</summary>
public sealed class DeadLetterCommandTests : IDisposable
{
    private const string Camera = "acme/ulm/paint/line2/cell3/cam1";
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDirectory _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_OfATopic_PutsTheSelectedBackAsTheyWereAndCountsOn()
    {
        using EmbeddedKafkaCluster cluster = new();
        foreach (var topic in KafkaTopics.All)
        {
            cluster.CreateTopic(topic.Name, 2);
        }

        await using KafkaClients kafka = new(cluster.BootstrapServers);
        var original = Record("a", "{}");
        await kafka.ProduceAsync(
            KafkaDeadLetter.Of(original, "malformed", "no JSON", attempts: 1, Noon, Noon),
            KafkaDeadLetter.Of(Record("b", "{}"), "expired", "too old", attempts: 1, Noon, Noon));

        var (listed, list, listError) = await RunAsync("deadletter", "list", "--kafka", cluster.BootstrapServers, "--json");
        listed.ShouldBe(0, listError);
        var letters = JsonNode.Parse(list)!["letters"]!.AsArray();
        letters.Select(l => ((string?)l!["event_id"], (string?)l["reason"], (string?)l["origin"])).ShouldBe(
            [("a", "malformed", KafkaTopics.Outcome), ("b", "expired", KafkaTopics.Outcome)], ignoreOrder: true);

        (await RunAsync("deadletter", "replay", "--kafka", cluster.BootstrapServers, "--reason", "malformed", "--dry-run")).ExitCode.ShouldBe(0);
        var (replayed, result, error) = await RunAsync("deadletter", "replay", "--kafka", cluster.BootstrapServers, "--reason", "malformed", "--json");

        replayed.ShouldBe(0, error + result);
        ((int)JsonNode.Parse(result)!["replayed"]!).ShouldBe(1);
        using var consumer = kafka.Consumer();
        consumer.Assign([KafkaTopics.Outcome], fromBeginning: true);
        KafkaConsumed? back = null;
        await Eventually.HoldsAsync(() => (back = consumer.Poll(TimeSpan.FromMilliseconds(100))) is not null);
        (back!.Key, Encoding.UTF8.GetString(back.Value!.Value.Span)).ShouldBe((original.Key, "{}"));
        original.Headers.ShouldBeSubsetOf(back.Headers);
        back.Headers.ShouldNotContain(h => h.Key == KafkaDeadLetter.ErrorType || h.Key == KafkaDeadLetter.Topic);
        consumer.Poll(TimeSpan.FromMilliseconds(500)).ShouldBeNull("the other was not selected, and the dry run did nothing");

        var again = KafkaDeadLetter.Of(back, "malformed", "still", attempts: 1, Noon.AddHours(1), Noon.AddHours(1)).Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
        (again[KafkaDeadLetter.Attempts], again[KafkaDeadLetter.FirstTime], again[KafkaDeadLetter.LastTime]).ShouldBe(
            ("2", "2026-11-23T12:00:00.000000Z", "2026-11-23T13:00:00.000000Z"));
    }

    [Fact]
    public async Task Replay_FrameOfAFolder_IsSentAgainAsATestFrameUnderAnotherId()
    {
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        TaskCompletionSource<MqttIncoming> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ServiceProvider services = new ServiceCollection()
            .AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddMqtt().BuildServiceProvider();
        await using var agent = services.GetRequiredService<IMqttSessionFactory>().Create(new MqttSessionOptions { Port = broker.Port, ClientId = "agent" });
        await agent.SubscribeAsync("imdd/v1/+/+/+/+/+/frame/+", (delivery, _) =>
        {
            received.TrySetResult(delivery.Message with { Payload = delivery.Message.Payload.ToArray() });
            delivery.Acknowledge();
            return ValueTask.CompletedTask;
        }, Cancel);
        await agent.StartAsync(Cancel);
        Keep("1-corrupt", Letter("corrupt", "b7-1", 3), "png"u8);

        var (exitCode, _, error) = await RunAsync("deadletter", "replay", "--folder", _folder.Path, "--all", "--mqtt", $"127.0.0.1:{broker.Port}");

        exitCode.ShouldBe(0, error);
        var frame = await received.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        frame.Topic.ShouldBe("imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1");
        frame.Payload.ToArray().ShouldBe("png"u8.ToArray());
        var read = MqttBinding.Read(frame.UserProperties, frame.ContentType, frame.Payload);
        read.Id.ShouldStartWith("b7-1~");
        read.Extension(CloudEventAttributes.Simulated).ShouldBe("true");
        (read.Extension(CloudEventAttributes.PartId), read.Extension(CloudEventAttributes.Sequence)).ShouldBe(("P: 1", null));
    }

    [Fact]
    public async Task Replay_RecordOfAFolder_GoesToTheTopicItNames()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic(KafkaTopics.DefectDetected, 1);
        Keep(
            "1-kafka-refused",
            Letter(DeadLetter.KafkaRefused, "x", 2) with { Properties = ["ce_id: x", "ce_subject: a: b", $"dlq.topic: {KafkaTopics.DefectDetected}", "error.type: E"] },
            "{}"u8);
        Keep("2-kafka-refused", Letter(DeadLetter.KafkaRefused, "y", 2) with { Properties = ["ce_id: y", "dlq.topic: secrets"] }, "{}"u8);

        var (exitCode, output, _) = await RunAsync("deadletter", "replay", "--folder", _folder.Path, "--all", "--kafka", cluster.BootstrapServers, "--json");

        exitCode.ShouldBe(1);
        var result = JsonNode.Parse(output)!;
        ((int)result["replayed"]!, (string?)result["failures"]![0]).ShouldBe((1, "2-kafka-refused: it comes from 'secrets', which is none of our topics"));
        await using KafkaClients kafka = new(cluster.BootstrapServers);
        using var consumer = kafka.Consumer();
        consumer.Assign([KafkaTopics.DefectDetected], fromBeginning: true);
        KafkaConsumed? back = null;
        await Eventually.HoldsAsync(() => (back = consumer.Poll(TimeSpan.FromMilliseconds(100))) is not null);
        back!.Headers.ShouldBe([new("ce_id", "x"), new("ce_subject", "a: b")]);
        back.Key.ShouldBe(Camera);
    }

    [Fact]
    public async Task Replay_LettersThatCannotGoBack_SaysWhyOfEach()
    {
        Keep("1-too-large", Letter("too-large", "b7-1", 500), "first bytes"u8);
        Keep("2-corrupt", Letter("corrupt", "b7-2", 3), "png"u8);
        Keep("3-no-camera", Letter("no-camera", "", 0) with { Camera = "some/topic" }, default);

        var (exitCode, output, _) = await RunAsync("deadletter", "replay", "--folder", _folder.Path, "--all", "--json");

        exitCode.ShouldBe(1);
        JsonNode.Parse(output)!["failures"]!.AsArray().Select(f => (string)f!).ShouldBe(
        [
            "1-too-large: only 11 of its 500 bytes were kept",
            "2-corrupt: it is a frame: expected --mqtt host:port to send it to",
            "3-no-camera: 'some/topic' is not the path of a camera",
        ]);
    }

    [Theory]
    [InlineData("{", "broken.json is no dead letter")]
    [InlineData("{}", "reason")]
    public async Task List_FileThatIsNoLetter_IsNamed(string content, string expected)
    {
        await File.WriteAllTextAsync(_folder.File("broken.json"), content, Cancel);

        var (exitCode, _, error) = await RunAsync("deadletter", "list", "--folder", _folder.Path);

        exitCode.ShouldBe(1);
        error.ShouldContain(expected);
        error.ShouldContain("broken.json");
    }

    [Fact]
    public async Task Replay_NothingSaid_AsksWhat()
    {
        var (exitCode, _, error) = await RunAsync("deadletter", "replay", "--folder", _folder.Path);

        exitCode.ShouldBe(2);
        error.ShouldContain("--id, --reason or --all");
    }

    [Fact]
    public async Task Replay_IdThatIsNotThere_Fails()
        => (await RunAsync("deadletter", "replay", "--folder", _folder.Path, "--id", "nowhere")).ExitCode.ShouldBe(1);

    private static KafkaRecord Record(string id, string value) => new(
        KafkaTopics.Outcome, Camera, Encoding.UTF8.GetBytes(value), [new("content-type", "application/json"), new("ce_id", id), new("ce_subject", "Öse")], Noon);

    private static DeadLetter Letter(string reason, string frameId, long size) => new()
    {
        Reason = reason,
        Detail = "why",
        Camera = Camera,
        FrameId = frameId,
        SizeBytes = size,
        ContentType = "image/png",
        ReceivedAt = Noon,
        Properties = ["specversion: 1.0", $"id: {frameId}", "source: //acme", "type: io.imdd.frame.captured.v1", "sequence: 00000000000000000001", "partid: P: 1"],
    };

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        var exitCode = await ImddCommand.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    private void Keep(string name, DeadLetter letter, ReadOnlySpan<byte> payload)
    {
        File.WriteAllBytes(_folder.File(name + ".json"), ImddJson.Serialize(letter));
        File.WriteAllBytes(_folder.File(name + ".bin"), payload);
    }
}
