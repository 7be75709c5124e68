using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Messaging.Mqtt;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

public sealed class AgentPolicyTests
{
    [Theory]
    [InlineData(OverloadPolicy.Block)]
    [InlineData(OverloadPolicy.SkipOldest)]
    [InlineData(OverloadPolicy.SkipNewest)]
    public async Task Overload_UnderAnyPolicy_EveryFrameHasOneOutcome(OverloadPolicy policy)
    {
        const int Frames = 36;
        await using var harness = await AgentHarness.StartBrokersAsync();
        using ManualResetEventSlim go = new();
        harness.Segmenter.BeforeRun = _ => go.Wait(TestContext.Current.CancellationToken);
        await harness.StartAgentAsync(("Edge:Agent:OverloadPolicy", $"{policy}"), ("Edge:Agent:QueueCapacity", "4"), ("Edge:Agent:MaxBatch", "2"));
        List<string> sent = [];
        for (var i = 0; i < Frames; i++)
        {
            sent.Add(await harness.SendAsync(TestFrames.Good()));
        }

        if (policy != OverloadPolicy.Block)
        {
            // With the model stuck, all but what waits or is being inspected is skipped. The skips are not stored yet: a camera's outcomes
            // keep the order of its frames.
            var queues = harness.Services.GetRequiredService<CameraQueues>();
            await Eventually.HoldsAsync(() => harness.Services.GetRequiredService<InFlightFrames>().Count == Frames && queues.Count == 4);
        }

        go.Set();
        var outcomes = await harness.OutcomesAsync(Frames);

        outcomes.Select(o => o.FrameId).ShouldBe(sent);
        var skipped = outcomes.Count(o => o.Reason == UndecidedReason.Overload);
        (skipped > 0).ShouldBe(policy != OverloadPolicy.Block);
        outcomes.Count(o => o.Verdict == Verdict.Pass).ShouldBe(Frames - skipped);
        if (policy == OverloadPolicy.SkipOldest)
        {
            outcomes[^1].Verdict.ShouldBe(Verdict.Pass);
        }
        else if (policy == OverloadPolicy.SkipNewest)
        {
            outcomes[^1].Reason.ShouldBe(UndecidedReason.Overload);
        }
    }

    [Fact]
    public async Task SequenceGap_NotExplained_EndsNeverArrivedAndALateFrameIsNotCountedTwice()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Agent:GapTimeout", "00:00:00.5"));
        await harness.SendAsync(TestFrames.Good(), sequence: 1);
        await harness.SendAsync(TestFrames.Good(), sequence: 4);

        var outcomes = await harness.OutcomesAsync(4);
        outcomes.Where(o => o.Reason == UndecidedReason.NeverArrived).Select(o => o.FrameId).ShouldBe(["boot1-2", "boot1-3"], ignoreOrder: true);
        outcomes.Where(o => o.Reason == UndecidedReason.NeverArrived).ShouldAllBe(o => o.Frame == null);

        await harness.SendAsync(TestFrames.Good(), sequence: 2);
        await harness.SendAsync(TestFrames.Good(), sequence: 5);
        await harness.OutcomesAsync(5);
        harness.Outcomes().Count.ShouldBe(5);
        await Eventually.HoldsAsync(() => harness.Receipts.Count(r => r.FrameId == "boot1-2") == 2);
    }

    [Fact]
    public async Task SequenceGap_AcrossARestart_IsStillFound()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Agent:GapTimeout", "01:00:00"));
        await harness.SendAsync(TestFrames.Good(), sequence: 1);
        await harness.SendAsync(TestFrames.Good(), sequence: 3);
        await harness.OutcomesAsync(2);
        await harness.StopAgentAsync();
        await harness.StartAgentAsync(("Edge:Agent:GapTimeout", "00:00:00.5"));

        var outcomes = await harness.OutcomesAsync(3);

        outcomes.Single(o => o.Reason == UndecidedReason.NeverArrived).FrameId.ShouldBe("boot1-2");
    }

    [Fact]
    public async Task Recipe_WithDeadlineThatPassed_EndsUndecidedDeadline()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Recipe:Id", "test@1"), ("Edge:Recipe:DeadlineMs", "2000"));
        var late = CloudEventText.Time(TimeProvider.System.GetUtcNow().AddSeconds(-30));
        var lateFrame = await harness.SendAsync(TestFrames.Good(), change: m => m with
        {
            UserProperties = [.. m.UserProperties.Select(p => p.Key == CloudEventAttributes.Time ? new(p.Key, late) : p)],
        });
        var inTime = await harness.SendAsync(TestFrames.Good());

        var outcomes = await harness.OutcomesAsync(2);

        var outcome = outcomes.Single(o => o.FrameId == lateFrame);
        outcome.Reason.ShouldBe(UndecidedReason.Deadline);
        outcome.DeadlineMet.ShouldBeFalse();
        outcomes.Single(o => o.FrameId == inTime).RecipeId.ShouldBe("test@1");
    }

    [Fact]
    public async Task BirthAndWill_AcrossRestarts_CarryRisingBdSeqAndOffline()
    {
        await using var harness = await AgentHarness.StartAsync();
        var topic = MqttTopics.AgentState(AssetPath.Parse(AgentHarness.Asset), "box7");
        var first = await StateAsync(harness, topic, EdgeStateWord.Online);
        first.BdSeq.ShouldBe(0);
        first.Model!.Name.ShouldBe("test-model");
        await harness.StopAgentAsync();
        var farewell = await StateAsync(harness, topic, EdgeStateWord.Offline);
        (farewell.BdSeq, farewell.BootId).ShouldBe((first.BdSeq, first.BootId));

        await harness.StartAgentAsync();
        var second = await StateAsync(harness, topic, EdgeStateWord.Online);
        second.BdSeq.ShouldBe(1);
        second.BootId.ShouldNotBe(first.BootId);
        await Eventually.HoldsAsync(() => harness.Records(KafkaTopics.EdgeState).Any(r => r.Key == $"{AgentHarness.Asset}/agent/box7"));
    }

    [Fact]
    public async Task Balance_FromTheGateway_IsRelayedUnread()
    {
        await using var harness = await AgentHarness.StartAsync();
        var camera = AgentHarness.Camera("cam1");
        var now = TimeProvider.System.GetUtcNow();
        CameraBalance balance = new() { CameraId = "cam1", BootId = "g1", Sent = 10, Returned = 8, Spooled = 2 };
        await harness.SendRawAsync(MqttPublications.CameraBalance(
            camera, balance, new EventContext { Source = EventSource.Camera(camera), Time = now, RecordedTime = now }).ToOutgoing());

        await Eventually.HoldsAsync(() => harness.Records(KafkaTopics.EdgeState).Any(r => r.Key == EdgeStateKey.Balance(camera)));

        var record = harness.Records(KafkaTopics.EdgeState).First(r => r.Key == EdgeStateKey.Balance(camera));
        ImddJson.Deserialize<CameraBalance>(record.Value!.Value.Span).ShouldBe(balance);
        KafkaBinding.Read(record.Headers, record.Value.Value).Source.ShouldBe(EventSource.Camera(camera).ToString());
    }

    [Fact]
    public async Task SilentCamera_IsReportedRetained()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Agent:SilentAfter", "00:00:01"), ("Edge:Agent:Cameras:0:Name", "cam1"));
        var topic = MqttTopics.CameraState(AgentHarness.Camera("cam1"));
        await harness.SendAsync(TestFrames.Good());
        await Eventually.HoldsAsync(async () => await WordAsync(harness, topic) == EdgeStateWord.Online);

        await Eventually.HoldsAsync(async () => await WordAsync(harness, topic) == EdgeStateWord.Silent);
    }

    [Fact]
    public async Task BlobStoreAway_DefectGoesWithoutUriAndFrameStoredFollows()
    {
        FlakyBlobStore blobs = new() { IsAway = true };
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Blobs = blobs;
        await harness.StartAgentAsync(("Edge:Evidence:BlobWait", "00:00:00.5"), ("Edge:Evidence:MaxRetryDelay", "00:00:00.2"));
        var frame = await harness.SendAsync(TestFrames.Bad());
        await Eventually.HoldsAsync(() => harness.Defects().Count == 1);
        harness.Defects().Single().Frame.Uri.ShouldBeNull();

        blobs.IsAway = false;
        await Eventually.HoldsAsync(() => harness.Records(KafkaTopics.FrameStored).Count == 1);

        var record = harness.Records(KafkaTopics.FrameStored).Single();
        var stored = ImddJson.Deserialize<FrameStored>(record.Value!.Value.Span);
        stored.FrameId.ShouldBe(frame);
        stored.Frame.Uri.ShouldNotBeNull();
        KafkaBinding.Read(record.Headers, record.Value.Value).Id.ShouldBe(EventId.ForFrameStored(stored.OutcomeId));
        blobs.Contents.Single().ShouldBe(TestFrames.Bad());
        await Eventually.HoldsAsync(() => Directory.GetFiles(Path.Combine(harness.StoreFolder, "spool")).Length == 0);
    }

    [Fact]
    public async Task EvidenceBudget_UsedUp_DefectGoesAtOnceWithoutPicture()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Evidence:BytesPerDay", $"{TestFrames.Bad().Length}"));
        await harness.SendAsync(TestFrames.Bad());
        await harness.SendAsync(TestFrames.Bad());

        await Eventually.HoldsAsync(() => harness.Defects().Count == 2);

        harness.Defects().Select(d => d.Frame.Uri is null).ShouldBe([false, true]);
    }

    [Fact]
    public async Task SecondAgentWithTheSameIdentity_TakesOverAndTheFirstStops()
    {
        await using var harness = await AgentHarness.StartAsync();
        var stopped = harness.Services.GetStopping();
        var mqtt = harness.Services.GetMqttOptions();
        await harness.Broker.DisconnectAsync($"{mqtt.ClientId}.control", 0x8E);

        await Eventually.HoldsAsync(() => stopped.IsCancellationRequested);
    }

    private static async Task<AgentState> StateAsync(AgentHarness harness, string topic, string word)
    {
        AgentState? state = null;
        await Eventually.HoldsAsync(async () =>
        {
            state = await harness.Broker.GetRetainedAsync(topic) is { Length: > 0 } payload ? ImddJson.Deserialize<AgentState>(payload.Span) : null;
            return state?.State == word;
        });
        return state!;
    }

    private static async Task<string?> WordAsync(AgentHarness harness, string topic)
        => await harness.Broker.GetRetainedAsync(topic) is { Length: > 0 } payload
            ? JsonDocument.Parse(payload).RootElement.GetProperty("state").GetString()
            : null;
}
