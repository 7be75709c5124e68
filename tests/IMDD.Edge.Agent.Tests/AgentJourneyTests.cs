using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

public sealed class AgentJourneyTests
{
    [Fact]
    public async Task Frames_GoodAndBad_EndAsOutcomesDefectsReceiptsAndBlobs()
    {
        await using var harness = await AgentHarness.StartAsync();
        var good = await harness.SendAsync(TestFrames.Good());
        var bad = await harness.SendAsync(TestFrames.Bad());

        var outcomes = await harness.OutcomesAsync(2);
        await Eventually.HoldsAsync(() => harness.Defects().Count == 1 && harness.Receipts.Count == 2);

        outcomes.Single(o => o.FrameId == good).Verdict.ShouldBe(Verdict.Pass);
        var failed = outcomes.Single(o => o.FrameId == bad);
        failed.Verdict.ShouldBe(Verdict.Fail);
        failed.Defects.ShouldBe([new DefectCount("scratch", Severity.Minor, 1)]);
        failed.Frame!.Width.ShouldBe(64);
        failed.WindowTime.ShouldBe(WindowTimeSource.Time);

        var defect = harness.Defects().Single();
        defect.Regions.Single().BboxPx.ShouldBe([16, 8, 8, 8]);
        defect.Frame.Uri.ShouldNotBeNull();
        var blob = await harness.Services.GetRequiredService<IBlobStore>().GetAsync(defect.Frame.Digest, 1 << 20, TestContext.Current.CancellationToken);
        blob.ShouldBe(TestFrames.Bad());

        harness.Receipts.Select(r => (r.FrameId, r.Verdict)).ShouldBe([(good, Verdict.Pass), (bad, Verdict.Fail)], ignoreOrder: true);
    }

    [Fact]
    public async Task Outcome_OnKafka_IsCloudEventKeyedByCameraInOrder()
    {
        await using var harness = await AgentHarness.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            await harness.SendAsync(TestFrames.Good(), i % 2 == 0 ? "cam1" : "cam2");
        }

        await harness.OutcomesAsync(10);

        foreach (var camera in harness.Records(KafkaTopics.Outcome).GroupBy(r => r.Key, StringComparer.Ordinal))
        {
            var events = camera.Select(r => KafkaBinding.Read(r.Headers, r.Value!.Value)).ToList();
            events.Select(e => e.Extension(CloudEventAttributes.Sequence)).ShouldBe(Enumerable.Range(1, 5).Select(n => CloudEventText.Sequence(n)));
            events.ShouldAllBe(e => e.Source == $"//{AgentHarness.Asset}/agent/box7" && e.Type == EventTypes.InspectionOutcome);
            events.ShouldAllBe(e => e.Extension(CloudEventAttributes.PartitionKey) == camera.Key);
            camera.Select(r => r.Timestamp).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Frame_SentAgain_IsInspectedOnceAndGetsItsReceiptAgain()
    {
        await using var harness = await AgentHarness.StartAsync();
        var image = TestFrames.Good();
        await harness.SendAsync(image, sequence: 1);
        await harness.OutcomesAsync(1);
        await harness.SendAsync(image, sequence: 1);
        await harness.SendAsync(image, sequence: 2);

        await harness.OutcomesAsync(2);
        await Eventually.HoldsAsync(() => harness.Receipts.Count == 3);

        harness.Outcomes().Count.ShouldBe(2);
        harness.Segmenter.BatchSizes.Sum().ShouldBe(2);
    }

    [Fact]
    public async Task Restart_WithKafkaDown_PublishesFromTheStoreWhenItIsBack()
    {
        await using var harness = await AgentHarness.StartAsync(("Kafka:DeliveryTimeout", "00:00:02"));
        harness.Kafka.SetDown();
        for (var i = 0; i < 5; i++)
        {
            await harness.SendAsync(TestFrames.Good());
        }

        await Eventually.HoldsAsync(() => harness.Receipts.Count == 5);
        await harness.StopAgentAsync();
        harness.Kafka.SetUp();
        await harness.StartAgentAsync();

        var outcomes = await harness.OutcomesAsync(5);

        outcomes.Select(o => o.FrameId).Distinct().Count().ShouldBe(5);
        harness.Segmenter.BatchSizes.Sum().ShouldBe(5);
    }
}
