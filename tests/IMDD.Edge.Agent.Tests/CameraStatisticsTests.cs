using System.Text.Json;
using IMDD.Contracts.CloudEvents;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Contracts.Topics;
using IMDD.Edge.Agent.Tests.Support;
using IMDD.Testing;

namespace IMDD.Edge.Agent.Tests;

/// <summary>What the agent tells of its cameras' frames as a whole.</summary>
public sealed class CameraStatisticsTests
{
    [Fact]
    public async Task Frames_OfACamera_BecomeWindowsOfTheirLook()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        harness.Segmenter.Embedding = _ => [3, -4];
        await harness.StartAgentAsync(("Edge:Statistics:MaxFrames", "5"), ("Edge:Statistics:MinFrames", "5"), ("Edge:HardExamples:Enabled", "false"));
        for (var i = 0; i < 10; i++)
        {
            await harness.SendAsync(i % 5 == 4 ? TestFrames.Bad(shade: 100) : TestFrames.Good(shade: 100));
        }

        await Eventually.HoldsAsync(() => Windows(harness).Count == 2);

        var record = harness.Records(KafkaTopics.CameraStatistics)[0];
        record.Key.ShouldBe(AgentHarness.Camera("cam1").ToString());
        var cloudEvent = KafkaBinding.Read(record.Headers, record.Value!.Value);
        var window = Windows(harness)[0];
        cloudEvent.Id.ShouldBe(EventId.ForCameraStatistics(AgentHarness.Camera("cam1"), harness.Segmenter.Digest, window.WindowStart));
        cloudEvent.Extension(CloudEventAttributes.RecordedTime).ShouldNotStartWith("1970");
        window.Model.Digest.ShouldBe(harness.Segmenter.Digest);
        window.RecipeDigest.ShouldNotBeNull();
        window.Reference.ShouldBeNull();
        window.Sketch.Frames.ShouldBe(5);
        var brightness = window.Sketch.Histograms[StatisticName.Brightness];
        brightness.Sum().ShouldBe(5);
        brightness[StatisticBins.Index(StatisticName.Brightness, 100)].ShouldBeGreaterThanOrEqualTo(4);
        window.Sketch.Histograms[StatisticName.ImageScore].Sum().ShouldBe(5);
        window.Sketch.Verdicts.ShouldBe(new Dictionary<string, long> { ["pass"] = 4, ["fail"] = 1 }, ignoreOrder: true);
        window.Sketch.Classes[StatisticsSketch.NoClass].ShouldBe(4);
        window.Sketch.Classes.Values.Sum().ShouldBe(5);
        window.Sketch.Embeddings.Count.ShouldBe(5);
        window.Sketch.Embeddings.ShouldAllBe(e => e.SequenceEqual(new[] { 0.6, -0.8 }));
    }

    [Fact]
    public async Task AgentStops_SendsWhatIsOpen_WithTheBundlesReferenceOnce()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        StatisticsSketch reference = new() { Frames = 9, BinsVersion = StatisticBins.Version, Histograms = new Dictionary<string, IReadOnlyList<long>>(), Verdicts = new Dictionary<string, long> { ["pass"] = 9 } };
        harness.Segmenter.Manifest = TestManifest.Create() with { Reference = JsonSerializer.SerializeToElement(new BundleReference { Statistics = reference }, ImddJson.Options) };
        await harness.StartAgentAsync(("Edge:Statistics:MaxFrames", "2"), ("Edge:Statistics:MinFrames", "2"));
        for (var i = 0; i < 3; i++)
        {
            await harness.SendAsync(TestFrames.Good());
        }

        await harness.OutcomesAsync(3);
        await harness.StopAgentAsync();

        await Eventually.HoldsAsync(() => Windows(harness).Count == 2);
        Windows(harness).Select(w => (w.Sketch.Frames, w.Reference?.Frames)).ShouldBe([(2, 9), (1, null)]);
    }

    [Fact]
    public async Task Reference_OfTheCameraItself_StandsBeforeTheBundles()
    {
        await using var harness = await AgentHarness.StartBrokersAsync();
        BundleReference reference = new()
        {
            Statistics = Passed(9),
            Cameras = new Dictionary<string, StatisticsSketch> { [AgentHarness.Camera("cam1").ToString()] = Passed(7), ["acme/ulm/paint/line9/cell3/cam1"] = Passed(5) },
        };
        harness.Segmenter.Manifest = TestManifest.Create() with { Reference = JsonSerializer.SerializeToElement(reference, ImddJson.Options) };
        await harness.StartAgentAsync(("Edge:Statistics:MaxFrames", "2"), ("Edge:Statistics:MinFrames", "2"));
        foreach (var camera in (string[])["cam1", "cam1", "cam2", "cam2"])
        {
            await harness.SendAsync(TestFrames.Good(), camera);
        }

        await Eventually.HoldsAsync(() => Windows(harness).Count == 2);

        Windows(harness).Select(w => (w.CameraId, w.Reference?.Frames)).ShouldBe([("cam1", 7), ("cam2", 9)], ignoreOrder: true);

        static StatisticsSketch Passed(long frames) => new()
        {
            Frames = frames,
            BinsVersion = StatisticBins.Version,
            Histograms = new Dictionary<string, IReadOnlyList<long>>(),
            Verdicts = new Dictionary<string, long> { ["pass"] = frames },
        };
    }

    [Fact]
    public async Task FramesThatNoModelSaw_AndTestParts_AreNotCounted()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Statistics:MaxFrames", "1"), ("Edge:Statistics:MinFrames", "1"));
        await harness.SendAsync([1, 2, 3]);
        await harness.SendAsync(TestFrames.Good(), change: message => message with { UserProperties = [.. message.UserProperties, new(CloudEventAttributes.Simulated, "true")] });
        await harness.SendAsync(TestFrames.Good(shade: 60));

        await harness.OutcomesAsync(3);
        await Eventually.HoldsAsync(() => Windows(harness).Count > 0);

        Windows(harness).ShouldHaveSingleItem().Sketch.Histograms[StatisticName.Brightness][StatisticBins.Index(StatisticName.Brightness, 60)].ShouldBe(1);
    }

    [Fact]
    public async Task Statistics_NobodyWantsThem_AreNotSent()
    {
        await using var harness = await AgentHarness.StartAsync(("Edge:Statistics:Enabled", "false"), ("Edge:Statistics:MaxFrames", "1"), ("Edge:Statistics:MinFrames", "1"));
        await harness.SendAsync(TestFrames.Good());
        await harness.OutcomesAsync(1);
        await harness.StopAgentAsync();

        Windows(harness).ShouldBeEmpty();
    }

    private static List<CameraStatistics> Windows(AgentHarness harness)
        => [.. harness.Records(KafkaTopics.CameraStatistics).Select(r => ImddJson.Deserialize<CameraStatistics>(r.Value!.Value.Span))];
}
