using System.Diagnostics;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Queries;
using IMDD.Contracts.Topics;
using IMDD.Messaging.Embedded;
using IMDD.Testing;

namespace IMDD.Cloud.Aggregator.Tests;

public sealed class EndToEndTests : IDisposable
{
    private readonly EmbeddedKafkaCluster _kafka = new();
    private readonly TestDirectory _directory = new();

    public void Dispose()
    {
        _kafka.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Outcomes_OnKafka_BecomeWindowsOnKafkaAndAnswers()
    {
        using KafkaTestClient client = new(_kafka.BootstrapServers);
        var now = TimeProvider.System.GetUtcNow();
        await client.PublishAsync(Enumerable.Range(0, 200).Select(i => Events.Outcome(i, now, i % 10 == 0 ? Verdict.Fail : Verdict.Pass, camera: i % 4)));
        await using var aggregator = await RunningAggregator.StartAsync(_kafka.BootstrapServers, _directory.Path);

        var totals = await aggregator.WaitForAsync<AggregateTotals>(QueryRoutes.Totals, t => t.Outcomes == 200);
        totals.Failed.ShouldBe(20);
        var windows = client.ReadUntil(KafkaTopics.LineMinute, records => records.Select(Window).LastOrDefault() is { Total: 200 });
        var last = Window(windows[^1]);
        (last.Line, last.Passed, last.Failed, last.Yield).ShouldBe((Events.Line, 180, 20, 0.9));
        windows[^1].Key.ShouldBe(LineWindowEvent.Key(Events.Line, last.WindowStart));
        var line = (await aggregator.GetAsync<List<LineOverview>>(QueryRoutes.Lines)).ShouldHaveSingleItem();
        (line.Line, line.Cameras, line.LastHour.Total).ShouldBe((Events.Line, 4, 200));
    }

    [Fact]
    public async Task Outcome_OfATrace_IsProcessedInIt()
    {
        var trace = ActivityTraceId.CreateRandom();
        var created = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        using SpanRecorder spans = new(trace);
        using KafkaTestClient client = new(_kafka.BootstrapServers);
        var outcome = Events.Outcome(0, TimeProvider.System.GetUtcNow());
        await client.PublishAsync(outcome with { Headers = [.. outcome.Headers, new("ce_traceparent", created), new("traceparent", created)] });
        await using var aggregator = await RunningAggregator.StartAsync(_kafka.BootstrapServers, _directory.Path);

        var processed = await spans.OneAsync("process " + KafkaTopics.Outcome);

        processed.ParentSpanId.ShouldBe((await spans.OneAsync("send " + KafkaTopics.Outcome)).SpanId);
        processed.GetTagItem("messaging.consumer.group.name").ShouldNotBeNull();
    }

    private static LineWindow Window(Messaging.Kafka.KafkaConsumed record)
        => EventReader.Read<LineWindow>(KafkaBinding.Read(record.Headers, record.Value!.Value), EventTypes.LineWindowUpdated);
}
