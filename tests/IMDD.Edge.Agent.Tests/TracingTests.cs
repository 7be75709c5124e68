using System.Diagnostics;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

public sealed class TracingTests
{
    [Fact]
    public async Task Frame_OfATrace_IsFollowedFromTheCameraToKafka()
    {
        var trace = ActivityTraceId.CreateRandom();
        var created = ActivitySpanId.CreateRandom();
        using SpanRecorder spans = new(trace);
        await using var harness = await AgentHarness.StartAsync();

        await harness.SendAsync(TestFrames.Bad(), change: message => message with
        {
            UserProperties = [.. message.UserProperties, new(CloudEventAttributes.TraceParent, $"00-{trace}-{created}-01")],
        });
        await Eventually.HoldsAsync(() => harness.Defects().Count == 1);

        var processed = await spans.OneAsync("process imdd/v1/+/frame");
        (processed.ParentSpanId, processed.Kind).ShouldBe((created, ActivityKind.Consumer));
        processed.GetTagItem("imdd.verdict")?.ToString().ShouldBe("Fail");
        processed.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        foreach (var topic in (string[])[KafkaTopics.Outcome, KafkaTopics.DefectDetected])
        {
            var sent = await spans.OneAsync("send " + topic);
            sent.ParentSpanId.ShouldBe(processed.SpanId);
            var headers = harness.Records(topic).Single().Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
            headers["ce_traceparent"].ShouldBe($"00-{trace}-{created}-01");
            headers["traceparent"].ShouldBe(sent.Id);
        }
    }
}
