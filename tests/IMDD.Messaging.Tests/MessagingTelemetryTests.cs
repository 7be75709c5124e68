using System.Diagnostics;
using IMDD.Messaging.Embedded;
using IMDD.Messaging.Kafka;
using IMDD.Messaging.Mqtt;
using IMDD.Messaging.Telemetry;
using IMDD.Messaging.Tests.Kafka;
using IMDD.Messaging.Tests.Mqtt;
using IMDD.Testing;

namespace IMDD.Messaging.Tests;

/// <summary>Spans and metrics, by https://opentelemetry.io/docs/specs/semconv/messaging/ and section 8 of the contracts.</summary>
[Collection(ListenersAlone.Name)]
public sealed class MessagingTelemetryTests
{
    private const string Frames = "imdd/v1/acme/ulm/paint/line2/cell3/frame/cam1";
    private const string FramesTemplate = "imdd/v1/+/frame";

    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _parent = ActivitySpanId.CreateRandom();

    private string TraceParent => $"00-{_trace}-{_parent}-01";

    [Fact]
    public async Task Kafka_RecordOfATrace_CarriesTheSendSpanAndKeepsTheFirst()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic("traced", 1);
        using KafkaHarness harness = new(cluster.BootstrapServers);
        using SpanRecorder spans = new(_trace);
        using var publisher = harness.Factory.CreatePublisher();

        await publisher.PublishAsync(KafkaHarness.Record(
            "traced", "cam-1", "x", new("ce_id", "7"), new("ce_traceparent", TraceParent), new("traceparent", TraceParent), new("tracestate", "a=1")));

        var span = await spans.OneAsync("send traced");
        (span.TraceId, span.ParentSpanId, span.Kind, span.TraceStateString).ShouldBe((_trace, _parent, ActivityKind.Client, "a=1"));
        Tags(span).ShouldBe(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["messaging.system"] = "kafka",
                ["messaging.operation.name"] = "send",
                ["messaging.operation.type"] = "send",
                ["messaging.destination.name"] = "traced",
                ["messaging.message.id"] = "7",
                ["messaging.kafka.message.key"] = "cam-1",
            },
            ignoreOrder: true);
        using var consumer = harness.Factory.CreateConsumer("g");
        consumer.Assign(["traced"], fromBeginning: true);
        var headers = consumer.ReadUntil(1)[0].Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
        headers["traceparent"].ShouldBe(span.Id);
        headers["ce_traceparent"].ShouldBe(TraceParent);
    }

    [Fact]
    public async Task Kafka_NobodyListens_LeavesTheHeadersAlone()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic("untraced", 1);
        using KafkaHarness harness = new(cluster.BootstrapServers);
        using var publisher = harness.Factory.CreatePublisher();

        await publisher.PublishAsync(KafkaHarness.Record("untraced", "k", "x", new("traceparent", TraceParent), new("ce_id", "7")));

        using var consumer = harness.Factory.CreateConsumer("g");
        consumer.Assign(["untraced"], fromBeginning: true);
        consumer.ReadUntil(1)[0].Headers.ShouldBe([new("traceparent", TraceParent), new("ce_id", "7")]);
    }

    [Fact]
    public async Task Kafka_SentRefusedAndConsumed_AreCountedAndTimed()
    {
        using EmbeddedKafkaCluster cluster = new();
        cluster.CreateTopic("counted", 1);
        using KafkaHarness harness = new(cluster.BootstrapServers);
        using MeterReadings readings = new(MessagingTelemetry.Name);
        using var publisher = harness.Factory.CreatePublisher();

        await publisher.PublishAsync(KafkaHarness.Record("counted", "k", "x"));
        (await publisher.PublishAsync(KafkaHarness.Record("counted", "k", new string('x', 64 << 20)))).Result.ShouldBe(PublishResult.Permanent);
        using var consumer = harness.Factory.CreateConsumer("g");
        consumer.Assign(["counted"], fromBeginning: true);
        consumer.ReadUntil(1);

        var sent = Of(readings, "messaging.client.sent.messages", "messaging.destination.name", "counted");
        sent.Select(r => (r.Value, r.Tags.GetValueOrDefault("error.type") is null)).ShouldBe([(1, true), (1, false)], ignoreOrder: true);
        sent.ShouldAllBe(r => r.Tags["messaging.system"] == "kafka" && r.Tags["messaging.operation.name"] == "send");
        Of(readings, "messaging.client.operation.duration", "messaging.destination.name", "counted").ShouldAllBe(r => r.Value > 0 && r.Value < 60);
        Of(readings, "messaging.client.consumed.messages", "messaging.destination.name", "counted").Sum(r => r.Value).ShouldBe(1);
    }

    [Fact]
    public async Task Mqtt_FrameOfATrace_IsSentInItAndCountedWithoutItsPlace()
    {
        await using var broker = await EmbeddedMqttBroker.StartAsync();
        await using MqttHarness harness = new(broker.Port);
        var receiver = harness.Probe("receiver");
        using SpanRecorder spans = new(_trace);
        using MeterReadings readings = new(MessagingTelemetry.Name);
        await receiver.StartAsync("imdd/v1/#");
        var sender = harness.Probe("sender");
        await sender.StartAsync();

        await sender.Session.PublishAsync(
            new MqttOutgoing { Topic = Frames, Payload = "x"u8.ToArray(), UserProperties = [new("id", "b1-7"), new("traceparent", TraceParent)] },
            TestContext.Current.CancellationToken);

        var span = await spans.OneAsync("send " + FramesTemplate);
        (span.TraceId, span.ParentSpanId).ShouldBe((_trace, _parent));
        var tags = Tags(span);
        (tags["messaging.system"], tags["messaging.destination.name"], tags["messaging.destination.template"], tags["messaging.message.id"])
            .ShouldBe(("mqtt", Frames, FramesTemplate, "b1-7"));
        await Eventually.HoldsAsync(() => Of(readings, "messaging.client.consumed.messages", "messaging.destination.template", FramesTemplate).Count > 0);
        Of(readings, "messaging.client.sent.messages", "messaging.destination.template", FramesTemplate).ShouldNotBeEmpty();
        readings.Read("messaging.client.sent.messages").SelectMany(r => r.Tags.Values).ShouldNotContain(v => v != null && v.Contains("cam1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("")]
    public void StartProcess_TraceParentMalformed_BeginsATraceOfItsOwn(string traceParent)
    {
        using SpanRecorder spans = new();

        using var span = MessagingTelemetry.StartProcess(MessageDestination.Mqtt(Frames), new MessageTrace("id", traceParent, null)).ShouldNotBeNull();

        span.ParentSpanId.ShouldBe(default);
        Activity.Current.ShouldBeNull();
    }

    private static Dictionary<string, string?> Tags(Activity span) => span.TagObjects.Where(t => t.Value is not null)
        .ToDictionary(t => t.Key, t => t.Value!.ToString(), StringComparer.Ordinal);

    private static List<MeterReading> Of(MeterReadings readings, string instrument, string tag, string value)
        => [.. readings.Read(instrument).Where(r => r.Tags.GetValueOrDefault(tag) == value)];
}
