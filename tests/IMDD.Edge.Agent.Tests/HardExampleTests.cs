using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Intake;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Storage;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Agent.Tests;

/// <summary>Frames that the agent offers to people.</summary>
public sealed class HardExampleTests
{
    private static readonly (string Key, string Value)[] NoBudget =
    [
        ("Edge:HardExamples:Budget:PerMinute", "100000"), ("Edge:HardExamples:Budget:PerHour", "100000"), ("Edge:HardExamples:Budget:PerDay", "100000"),
        ("Edge:HardExamples:ReasonBudget:PerMinute", "100000"), ("Edge:HardExamples:ReasonBudget:PerHour", "100000"), ("Edge:HardExamples:ReasonBudget:PerDay", "100000"),
        ("Edge:HardExamples:MaxWaiting", "100000"), ("Edge:HardExamples:RandomShare", "0"),
    ];

    [Fact]
    public async Task StaticScene_SixHundredHardFrames_SendsAtMostThreeForEachReason()
    {
        const int Frames = 600;
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Manifest = TestManifest.Create() with { Reference = Statistics() };
        harness.Segmenter.Embedding = _ => [9, 9];
        harness.Segmenter.ImageScore = _ => 0.5f;
        harness.Segmenter.ClassScore = 0.3f;
        await harness.StartAgentAsync(
        [
            .. NoBudget, ("Edge:HardExamples:RandomShare", "1"), ("Edge:HardExamples:ShadowBundle", "bundles/contrast"), ("Edge:HardExamples:ShadowShare", "1"),
            ("Edge:HardExamples:ShadowPerMinute", "100000"), ("Edge:HardExamples:ShadowMaxWaiting", "100000"),
        ]);

        for (var i = 0; i < Frames; i++)
        {
            await harness.SendAsync(TestFrames.Still(i));
        }

        await harness.OutcomesAsync(Frames);
        await SettledAsync(harness);
        var examples = harness.Examples();
        foreach (var reason in (string[])[HardReason.Uncertain, HardReason.Novel, HardReason.UnknownDefect, HardReason.Random, HardReason.Disagreement])
        {
            examples.Count(e => e.Reasons.Contains(reason)).ShouldBeInRange(1, 3, reason);
        }
    }

    [Fact]
    public async Task PassedFrame_NearTheThreshold_IsOfferedWithItsPictureStored()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.ImageScore = _ => 0.48f;
        harness.Segmenter.Embedding = _ => [3, -4];
        await harness.StartAgentAsync(NoBudget);
        var picture = TestFrames.Striped(1);
        var frame = await harness.SendAsync(picture);

        var example = await FirstAsync(harness);

        example.FrameId.ShouldBe(frame);
        example.Verdict.ShouldBe(Verdict.Pass);
        example.Reasons.ShouldBe([HardReason.Uncertain]);
        example.Scores[HardReason.Uncertain].ShouldBe(0.96, 1e-6);
        example.Model!.Name.ShouldBe("test-model");
        example.Embedding.ShouldBe([0.6, -0.8]);
        BlobName.TryGetDigest(example.Frame.Uri, out var digest).ShouldBeTrue();
        (await harness.Services.GetRequiredService<IBlobStore>().GetAsync(digest, 1 << 20, TestContext.Current.CancellationToken)).ShouldBe(picture);
        var record = harness.Records(KafkaTopics.HardExample).Single();
        var cloudEvent = KafkaBinding.Read(record.Headers, record.Value!.Value);
        cloudEvent.Id.ShouldBe(EventId.ForHardExample(example.OutcomeId));
        record.Key.ShouldBe(AgentHarness.Camera("cam1").ToString());
        cloudEvent.Extension(CloudEventAttributes.RecordedTime).ShouldNotStartWith("1970");
    }

    [Fact]
    public async Task Scores_OfUncertainFrames_AreAboveThoseOfCertainOnes()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.ImageScore = image => image.Pixels[0] / 255f;
        await harness.StartAgentAsync([.. NoBudget, ("Edge:HardExamples:RandomShare", "1")]);
        byte[] scores = [5, 60, 100, 125];
        foreach (var score in scores)
        {
            await harness.SendAsync(TestFrames.Striped(score));
        }

        await Eventually.HoldsAsync(() => harness.Examples().Count == scores.Length);

        var measured = harness.Examples().Select(e => e.Scores[HardReason.Uncertain]).ToList();
        measured.ShouldBe([.. measured.Order()]);
        measured.Distinct().Count().ShouldBe(scores.Length);
        harness.Examples()[0].Reasons.ShouldBe([HardReason.Random]);
        harness.Examples()[^1].Reasons.ShouldBe([HardReason.Uncertain, HardReason.Random]);
    }

    [Fact]
    public async Task UnknownDefect_AndNovelFrame_AreReasons_UsualFramesAreNot()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Manifest = TestManifest.Create() with { Reference = Statistics() };
        harness.Segmenter.Embedding = image => image.Pixels[0] == 200 ? [9, 9] : [1, 1];
        harness.Segmenter.ClassScore = 0.1f;
        await harness.StartAgentAsync(NoBudget);
        await harness.SendAsync(TestFrames.Good());
        var unknown = await harness.SendAsync(TestFrames.Bad());
        var novel = await harness.SendAsync(TestFrames.Plain(200, 200, 200));

        await Eventually.HoldsAsync(() => harness.Examples().Count == 2);

        harness.Examples().Single(e => e.FrameId == unknown).Reasons.ShouldBe([HardReason.UnknownDefect]);
        harness.Examples().Single(e => e.FrameId == unknown).Regions.Single().Class.ShouldBe(BundleClass.UnknownDefect);
        var far = harness.Examples().Single(e => e.FrameId == novel);
        far.Reasons.ShouldBe([HardReason.Novel]);
        far.Scores[HardReason.Novel].ShouldBeGreaterThan(0.99);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"embedding":{"mean":[0,0],"variance":[0,0],"pictures":9,"distances":[0,1]}}""")]
    [InlineData("""{"embedding":{"mean":[0],"variance":[1],"pictures":900,"distances":[0,1]}}""")]
    public async Task Novelty_WithoutStatisticsThatFit_IsNoReasonAndCostsNoFrame(string? reference)
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Manifest = TestManifest.Create() with { Reference = reference is null ? null : JsonDocument.Parse(reference).RootElement };
        harness.Segmenter.Embedding = _ => [9, 9];
        await harness.StartAgentAsync([.. NoBudget, ("Edge:HardExamples:RandomShare", "1"), ("Logging:LogLevel:IMDD.Edge", "None")]);
        await harness.SendAsync(TestFrames.Good());

        var example = await FirstAsync(harness);

        example.Reasons.ShouldBe([HardReason.Random]);
        example.Scores.Keys.ShouldNotContain(HardReason.Novel);
        harness.Outcomes().Single().Verdict.ShouldBe(Verdict.Pass);
    }

    [Fact]
    public async Task SecondModel_OfAnotherVerdict_IsAReason()
    {
        await using var harness = await AgentHarness.StartAsync(
            [.. NoBudget, ("Edge:HardExamples:ShadowBundle", "bundles/contrast"), ("Edge:HardExamples:ShadowShare", "1"), ("Edge:HardExamples:ShadowMaxWaiting", "100000")]);
        await harness.SendAsync(TestFrames.Plain(90, 90, 90));

        // Nothing stands out in it, and it is red.
        var disputed = await harness.SendAsync(TestFrames.Plain(255, 0, 0));

        var example = await FirstAsync(harness);
        example.FrameId.ShouldBe(disputed);
        example.Verdict.ShouldBe(Verdict.Fail);
        example.Reasons.ShouldBe([HardReason.Disagreement]);
        example.Scores[HardReason.Disagreement].ShouldBeInRange(0.5, 1);
        harness.Outcomes().ShouldAllBe(o => o.Model!.Name == "test-model");
    }

    [Fact]
    public async Task Budget_OfTheDay_IsKeptAlsoOverARestart()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.ImageScore = _ => 0.5f;
        (string, string)[] settings = [.. NoBudget, ("Edge:HardExamples:Budget:PerDay", "3")];
        await harness.StartAgentAsync(settings);
        for (var i = 0; i < 6; i++)
        {
            await harness.SendAsync(TestFrames.Striped(i));
        }

        await harness.OutcomesAsync(6);
        await SettledAsync(harness);
        harness.Examples().Count.ShouldBe(3);
        await harness.StopAgentAsync();
        await harness.StartAgentAsync(settings);
        await harness.SendAsync(TestFrames.Striped(7));
        await harness.OutcomesAsync(7);
        await SettledAsync(harness);

        harness.Examples().Count.ShouldBe(3);
    }

    [Fact]
    public async Task StorageAway_EventWaitsForTheBlob_OverARestart_AndGoesOnce()
    {
        FlakyBlobStore blobs = new() { IsAway = true };
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Blobs = blobs;
        harness.Segmenter.ImageScore = _ => 0.5f;
        (string, string)[] settings = [.. NoBudget, ("Edge:Evidence:MaxRetryDelay", "00:00:00.2"), ("Logging:LogLevel:IMDD.Edge", "Error")];
        await harness.StartAgentAsync(settings);
        await harness.SendAsync(TestFrames.Striped(1));
        await harness.OutcomesAsync(1);
        await Eventually.HoldsAsync(() => Spooled(harness).Length == 1);
        await harness.StopAgentAsync();
        harness.Examples().ShouldBeEmpty();

        await harness.StartAgentAsync(settings);
        await harness.SendAsync(TestFrames.Striped(2));
        await harness.OutcomesAsync(2);
        await Eventually.HoldsAsync(() => Spooled(harness).Length == 2);
        harness.Examples().ShouldBeEmpty();
        blobs.IsAway = false;

        await Eventually.HoldsAsync(() => harness.Examples().Count == 2 && Spooled(harness).Length == 0);
        blobs.Contents.ShouldBe([TestFrames.Striped(1), TestFrames.Striped(2)], ignoreOrder: true);
        await SettledAsync(harness);
        harness.Examples().Count.ShouldBe(2);
    }

    [Fact]
    public async Task FailedFrame_ThatIsHardToo_IsSpooledAndStoredOnce()
    {
        FlakyBlobStore blobs = new() { IsAway = true };
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Blobs = blobs;
        harness.Segmenter.ClassScore = 0.1f;
        await harness.StartAgentAsync([.. NoBudget, ("Edge:Evidence:MaxRetryDelay", "00:00:00.2"), ("Logging:LogLevel:IMDD.Edge", "Error")]);
        await harness.SendAsync(TestFrames.Bad());
        await harness.OutcomesAsync(1);
        var store = harness.Services.GetRequiredService<Outcomes.OutcomeStore>();
        await Eventually.HoldsAsync(() => store.Reader.Examples(after: null, 10).Count == 1);
        Spooled(harness).ShouldHaveSingleItem();

        blobs.IsAway = false;

        await Eventually.HoldsAsync(() => harness.Examples().Count == 1 && harness.Defects().Count == 1 && Spooled(harness).Length == 0);
        blobs.Contents.ShouldHaveSingleItem();
        harness.Examples().Single().Frame.Uri.ShouldNotBeNull();
    }

    [Fact]
    public async Task Overload_ExamplesGiveWay_NoOutcomeDoes()
    {
        const int Frames = 12;
        using ManualResetEventSlim gate = new();
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.ImageScore = _ => 0.5f;
        harness.Segmenter.BeforeRun = _ => gate.Wait(Eventually.Timeout);
        await harness.StartAgentAsync([.. NoBudget, ("Edge:HardExamples:MaxWaiting", "0")]);
        for (var i = 0; i < Frames; i++)
        {
            await harness.SendAsync(TestFrames.Striped(i));
        }

        var queues = harness.Services.GetRequiredService<CameraQueues>();
        await Eventually.HoldsAsync(() => queues.Count >= 3);
        gate.Set();

        await harness.OutcomesAsync(Frames);
        await SettledAsync(harness);
        harness.Examples().Count.ShouldBeLessThan(Frames);
        harness.Outcomes().ShouldAllBe(o => o.Verdict == Verdict.Pass);
    }

    [Theory]
    [InlineData("Edge:HardExamples:Enabled", "false")]
    [InlineData("Edge:HardExamples:SpoolMaxBytes", "0")]
    [InlineData("Edge:HardExamples:ReasonBudget:PerHour", "0")]
    public async Task Settings_ThatLeaveNoRoom_SendNone(string key, string value)
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.ImageScore = _ => 0.5f;
        await harness.StartAgentAsync([.. NoBudget, (key, value)]);
        await harness.SendAsync(TestFrames.Striped(1));
        await harness.OutcomesAsync(1);
        await SettledAsync(harness);

        harness.Examples().ShouldBeEmpty();
    }

    private static async Task<HardExample> FirstAsync(AgentHarness harness)
    {
        await Eventually.HoldsAsync(() => harness.Examples().Count == 1);
        return harness.Examples().Single();
    }

    /// <summary>Waits until what was chosen is sent: nothing pends, nothing waits in the spool, and Kafka has confirmed all.</summary>
    private static async Task SettledAsync(AgentHarness harness)
    {
        var examples = harness.Services.GetRequiredService<Agent.Examples.HardExamples>();
        var store = harness.Services.GetRequiredService<Outcomes.OutcomeStore>();
        await Eventually.HoldsAsync(() => examples.Pending.Count == 0);

        // What was taken from the queue last is a file and a commit away from the store.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => store.Reader.Examples(after: null, 1).Count == 0 && store.Writer.Backlog == 0);
        await Task.Delay(200, TestContext.Current.CancellationToken);
    }

    private static string[] Spooled(AgentHarness harness) => Directory.GetFiles(Path.Combine(harness.StoreFolder, "spool"));

    /// <summary>Of two elements around 0, of many pictures.</summary>
    private static JsonElement Statistics()
        => JsonSerializer.SerializeToElement(new BundleReference { Embedding = new EmbeddingReference([0, 0], [1, 1], 1000, [0, 1, 2]) }, ImddJson.Options);
}
